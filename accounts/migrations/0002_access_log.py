"""The access log: partitioned by month, append-only, and dropped only by month and only after two years."""

from django.db import migrations

FORWARD = """
CREATE TABLE accounts_accesslog (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id bigint REFERENCES accounts_user (id),
    organisation_id bigint REFERENCES accounts_organisation (id),
    role varchar(20) NOT NULL,
    ip inet,
    action varchar(10) NOT NULL,
    subject_id bigint REFERENCES accounts_user (id),
    about varchar(60) NOT NULL,
    ids bigint[] NOT NULL DEFAULT '{}',
    count integer NOT NULL DEFAULT 1,
    purpose varchar(20) NOT NULL DEFAULT '',
    reason varchar(300) NOT NULL DEFAULT '',
    filter jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX accesslog_at ON accounts_accesslog (at DESC, id DESC);
CREATE INDEX accesslog_subject ON accounts_accesslog (subject_id, at DESC) WHERE subject_id IS NOT NULL;
CREATE INDEX accesslog_about ON accounts_accesslog (about, at DESC);
CREATE INDEX accesslog_ids ON accounts_accesslog USING gin (ids);
CREATE INDEX accesslog_organisation ON accounts_accesslog (organisation_id, at DESC);

CREATE FUNCTION accesslog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_accesslog
    FOR EACH ROW EXECUTE FUNCTION accesslog_refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON accounts_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION accesslog_refuse();

-- The run-time role owns no table; it makes and drops partitions only through these two.
CREATE FUNCTION accesslog_ensure_partition(month date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    name text := 'accounts_accesslog_' || to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF accounts_accesslog FOR VALUES FROM (%L) TO (%L)',
            name, first::timestamp AT TIME ZONE 'Asia/Seoul',
            (first + interval '1 month')::timestamp AT TIME ZONE 'Asia/Seoul');
        EXECUTE format(
            'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION accesslog_refuse()',
            name);
    END IF;
    RETURN name;
END $$;

CREATE FUNCTION accesslog_drop_partition(month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    name text := 'accounts_accesslog_' || to_char(first, 'YYYYMM');
    rows bigint;
BEGIN
    IF first + interval '25 months' > now() THEN
        RAISE EXCEPTION 'the access log of % must be kept for two years', to_char(first, 'YYYY-MM');
    END IF;
    IF to_regclass(name) IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', name) INTO rows;
    EXECUTE format('DROP TABLE %I', name);
    RETURN rows;
END $$;

SELECT accesslog_ensure_partition((date_trunc('month', now()) + make_interval(months => n))::date)
FROM generate_series(-1, 3) AS n;
CREATE TABLE accounts_accesslog_other PARTITION OF accounts_accesslog DEFAULT;
"""

BACKWARD = """
DROP TABLE accounts_accesslog;
DROP FUNCTION accesslog_refuse, accesslog_ensure_partition(date), accesslog_drop_partition(date);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
