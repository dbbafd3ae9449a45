"""Money that moves outside this house: what is asked of a payment gateway, and what it reports back.

`interface` is what any gateway must offer, `states` which report may follow which,
`signature` and `notice` how a report is known to be genuine and read, `addresses` where this
process may call, `callback` the HTTP gateway and `sandbox` one that misbehaves on purpose.
Nothing here knows the database.
"""
