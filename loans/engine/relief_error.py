"""The names of what relief cannot do."""


class ReliefError(ValueError):
    """This relief is impossible, not merely against a policy; `code` says why.

    `unknown_kind`, `unknown_key`, `missing_key`, `unknown_value`: the written form of
    a component is wrong, `detail` names the place. `n_out_of_range`: a number of
    periods, days, parts or instalments beyond what there can be. `amount_out_of_range`:
    an amount of nothing, or beyond what there can be. `repeated_kind`: two components
    of one kind. `cannot_combine`: APPEND beside a component that moves or cuts all
    instalments, arrears paid alone beside smaller instalments. `exactly_one`: RETERM
    with both a count and an instalment, or neither. `nothing_to_pay`: no instalment is
    unpaid. `nothing_overdue`: ARREARS_SPLIT of a loan that is not late.
    `resume_not_after_as_of`: the first instalment after relief would already be due.
    `rate_not_lower`: RATE above the contract's.
    `amount_not_smaller`: REDUCED that is no less than the instalment. `never_repays`:
    an instalment that its interest uses up. `unknown_number`: APPEND of an instalment
    that is not there or is paid. `balloon_is_last`: the last instalment into itself.
    `due_day_needs_months`, `method_unsupported`: not possible for this kind of loan.
    `interest_free_part`: part of what is owed bears no interest and stands inside other
    instalments, so these can be moved but not cut anew. `beyond_the_calendar`: it would end after the year 9999.
    `paid_more_than_due`, `paid_out_of_order`, `paid_unknown_row`: the payments do not
    fit the schedule. `hash_mismatch`: a stored projection was altered.
    """

    def __init__(self, code: str, detail: object = None) -> None:
        super().__init__(code if detail is None else f"{code}: {detail}")
        self.code = code
        self.detail = detail
