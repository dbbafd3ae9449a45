"""What is owed, to the smallest unit of money: every calculation of a loan.

The engine answers, from plain values and without a database or a clock:

- which instalments follow from the terms of a loan (`schedule`);
- how a payment is shared out over them (`waterfall`);
- how late somebody is, and whether grace still covers it (`arrears`);
- what it takes to be free of the loan today (`payoff`);
- what relief does to all of that, before anybody agrees to it (`relief`);
- what the loan costs a year (`annual_rate`), and how each figure was reached
  (`explain`).

Conventions, each of them a field of a named `profile` stored with the loan and
never a constant of this code:

- Money is an `int` of minor units (fen, cents) and its name ends in `_minor`.
- A rate is a `Decimal` fraction of a year. Products of money, rate and time are
  whole-number ratios, rounded once, at the end: there is no intermediate
  rounding, and no binary fraction anywhere.
- Interest counts the first day of a period and not the last. So `opens_on` is
  inside an instalment's period, and `due_on` is the first day outside it.
- Due dates are counted from the anchor day (the day of the month of the first
  loan day) and never from one another: 31 January, 28 February, 31 March.
- What rounding leaves over falls into the last instalment.

Sources: Civil Code of China art. 670-680 (interest for the days used, early
repayment); PBoC announcement 2021 no. 3 (annual rate = periodic internal rate
of return times periods a year); published loan-agreement terms for
equal-principal loans by days; ISDA 2006 Definitions 4.16 for day counts.
"""
