"""The twelve views by name, and the rows of one key: the fold."""
import counting_views as counting
import edtf
import lapsing_views as lapsing

VIEWS = {
    'prisoners': (counting.prisoners_keys, counting.prisoners_apply, counting.never),
    'sanctions': (lapsing.sanctions_keys, lapsing.sanctions_apply, lapsing.sanctions_lapse),
    'missions': (counting.missions_keys, counting.missions_apply, counting.never),
    'relations': (counting.relations_keys, counting.relations_apply, counting.never),
    'correspondence': (lapsing.correspondence_keys, lapsing.correspondence_apply, counting.never),
    'commitments': (lapsing.commitments_keys, lapsing.commitments_apply, lapsing.commitments_lapse),
    'licences': (lapsing.licences_keys, lapsing.licences_apply, lapsing.licences_lapse),
    'estimates': (counting.estimates_keys, counting.estimates_apply, counting.never),
    'envoys': (counting.envoys_keys, counting.envoys_apply, counting.never),
    'parties': (counting.parties_keys, counting.parties_apply, counting.never),
    'flights': (counting.flights_keys, counting.flights_apply, counting.never),
    'lists': (counting.lists_keys, counting.lists_apply, counting.never),
}


def steps_of(view, key, events):
    """(instant, event or None for a lapse, state after it), in order."""
    _, apply, lapse = VIEWS[view]
    state, last, steps = None, None, []

    def lapses(until):
        nonlocal state, last
        while state is not None:
            due = lapse(state)
            if due is None or (until is not None and due[0] > until):
                return
            last, state = max(due[0], last), due[1]
            steps.append((last, None, state))

    for event in sorted(events, key=lambda e: (e.span.earliest, e.place)):
        lapses(event.span.earliest)
        last, state = event.span.earliest, apply(state, event, key)
        steps.append((last, event, state))
    lapses(None)
    return steps


def rows_of(view, key, events):
    """The rows of a key over valid time, instants in microseconds, from its live events."""
    rows, instants = [], {}
    for moment, event, state in steps_of(view, key, events):
        folded, _ = instants.get(moment, ([], None))
        instants[moment] = (folded + ([event] if event else []), state)
    for moment in sorted(instants):
        folded, state = instants[moment]
        if rows and rows[-1]['state'] == state:
            continue
        certain = max((event.span.latest for event in folded), default=moment)
        if any(event.span.qualified for event in folded):
            certain = None
        if rows:
            rows[-1]['valid_to'] = moment
        rows.append({'valid_from': moment, 'valid_to': None, 'certain_from': certain,
                     'because': [event.position for event in folded], 'state': state})
    return rows


def shown(row):
    """A row with its instants as text."""
    text = dict(row)
    for name in ('valid_from', 'valid_to', 'certain_from'):
        text[name] = None if row[name] is None else edtf.instant(row[name])
    return text
