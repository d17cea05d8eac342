-- N settled and open applications over five years, made inside the database. Settling took at most twelve days, all of
-- them past. Placeholders: %(n)s applications, %(seed)s, and the ciphertexts %(names)s, %(births)s, %(phones)s,
-- %(addresses)s to draw from.
CREATE TEMPORARY TABLE bulk AS
SELECT nextval(pg_get_serial_sequence('programs_application', 'id')) AS id, n,
       share.id AS share_id, share.call_id, share.district_id,
       share.opens_at + random() * greatest(
           interval '0', least(share.closes_at, clock_timestamp() - interval '13 days') - share.opens_at) AS at,
       random() < 0.02 AS is_open, random() AS luck, share.officer_id, share.user_id
FROM generate_series(1, %(n)s) AS n
JOIN LATERAL (
    SELECT s.id, s.call_id, s.district_id, c.opens_at, c.closes_at, s.officer_id, s.user_id
    FROM volume_share AS s JOIN programs_call AS c ON c.id = s.call_id
    WHERE s.row_no = 1 + (hashint8(n + %(seed)s) & 2147483647) %% %(shares)s
) AS share ON true;

CREATE TEMPORARY TABLE bulk_case AS
SELECT bulk.*,
       CASE WHEN is_open THEN (ARRAY['submitted', 'under_review', 'under_review'])[1 + floor(luck * 3)::int]
            WHEN luck < 0.08 THEN 'rejected' WHEN luck < 0.12 THEN 'withdrawn' WHEN luck < 0.15 THEN 'returned'
            ELSE 'selection_cancelled' END AS final,
       CASE WHEN is_open THEN clock_timestamp() - luck * interval '20 days' ELSE at END AS received
FROM bulk;

INSERT INTO programs_application (
    id, receipt_no, submission_key, program_id, call_id, district_call_id, district_id, channel, state, received_at,
    order_at, due_at, extended_days, checked_at, decided_at, closed_at, holds_place, assignee_id, reject_reasons,
    version, name, birth_date, phone, address, household_size, tenure, name_index, phone_index, phone4_index,
    person_index, address_index, synthetic)
SELECT id, 'DG-V' || %(seed)s || '-' || n, md5('volume' || %(seed)s || ':' || n)::uuid, 'door-guard', call_id,
       share_id, district_id, 'web', final, received, received, received + interval '20 days', 0,
       CASE WHEN final = 'under_review' AND luck > 0.6 THEN received + interval '2 days' END,
       CASE WHEN NOT is_open THEN received + interval '9 days' END,
       CASE WHEN NOT is_open THEN received + interval '12 days' END,
       false, officer_id, CASE WHEN final = 'rejected' THEN ARRAY['not_single'] ELSE ARRAY[]::text[] END, 3,
       (%(names)s::bytea[])[1 + n %% %(pool)s], (%(births)s::bytea[])[1 + n %% %(pool)s],
       (%(phones)s::bytea[])[1 + n %% %(pool)s], (%(addresses)s::bytea[])[1 + n %% %(pool)s],
       1, 'monthly',
       substring(sha256(('n' || n %% 40000)::bytea) FOR 16), substring(sha256(('p' || n)::bytea) FOR 16),
       substring(sha256(('4' || n %% 10000)::bytea) FOR 16),
       substring(sha256((%(seed)s || 'x' || n)::bytea) FOR 16), substring(sha256(('a' || n)::bytea) FOR 16), true
FROM bulk_case ORDER BY received;

INSERT INTO doorguard_doorguarddetail (application_id, building_type, has_wifi, deposit, monthly_rent)
SELECT id, 'villa', true, 10000000, 400000 FROM bulk_case;

INSERT INTO programs_applicationevent (
    application_id, program_id, call_id, district_id, action, from_state, to_state, occurred_at, actor_id,
    membership_id, role, data, synthetic)
SELECT id, 'door-guard', call_id, district_id, step.action, step.source, step.target, received + step.after,
       CASE WHEN step.role = 'district_officer' THEN user_id END,
       CASE WHEN step.role = 'district_officer' THEN officer_id END, step.role,
       CASE WHEN step.action = 'cancel_selection' THEN '{}'
            ELSE jsonb_build_object('due_at', received + interval '20 days') END, true
FROM bulk_case
JOIN LATERAL (VALUES
    ('submit', '', 'submitted', interval '0', 'citizen', true),
    ('start_review', 'submitted', 'under_review', interval '1 day', 'district_officer', final <> 'submitted'),
    ('confirm', 'under_review', 'under_review', interval '2 days', 'district_officer',
     final IN ('selection_cancelled') OR (final = 'under_review' AND luck > 0.6)),
    ('select', 'under_review', 'selected', interval '9 days', 'district_officer', final = 'selection_cancelled'),
    ('cancel_selection', 'selected', 'selection_cancelled', interval '12 days', 'district_officer',
     final = 'selection_cancelled'),
    ('reject', 'under_review', 'rejected', interval '9 days', 'district_officer', final = 'rejected'),
    ('withdraw', 'under_review', 'withdrawn', interval '4 days', 'citizen', final = 'withdrawn'),
    ('return', 'under_review', 'returned', interval '9 days', 'district_officer', final = 'returned')
) AS step (action, source, target, after, role, happens) ON step.happens
ORDER BY received + step.after;
