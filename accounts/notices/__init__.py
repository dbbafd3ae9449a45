"""Notices: what a lender tells a borrower besides letters. Pure: words, hours and lengths; see `docs/notices.md`."""
