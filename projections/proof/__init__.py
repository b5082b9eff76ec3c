"""The independent checker: from the entries alone, do the books balance and was quota used for export only?

It answers the second and third question of verification ("Books" and the statements C09–C36) in one pass over
the entries, and shares no code with what decides and posts (``domain.decide``, ``domain.fold``,
``domain.postings``, ``domain.rules``): a bug in the guards must not hide in the proof. Of the domain it takes
the shapes of statements, the identifiers, the calendar and the parameters of the policy, and nothing else.
"""
