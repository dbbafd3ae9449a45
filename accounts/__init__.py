"""Who is acting, for which lender, and what they may do."""
