"""The report to the council: its text with figures in their places, its tables, and the document made of them."""
