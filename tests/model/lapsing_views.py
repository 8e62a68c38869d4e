"""The views whose state runs out by itself or is changed by steps of several kinds.

Sanctions, licences, commitments, correspondence."""
import edtf
from counting_views import sorted_set


def end_of(date, event):
    """The instant after a date of that event ends, in the event's zone."""
    return edtf.resolve(date, event.zone).latest + 1


def micros(text):
    return edtf.resolve(text).earliest


def without(values, gone):
    return [value for value in values if value not in gone]


def together(values, more):
    return sorted_set(list(values) + list(more))


# sanctions

SANCTIONS = ('sanction.imposed', 'sanction.amended', 'sanction.eased', 'sanction.lifted')


def sanctions_keys(event):
    return [event.data['measure']] if event.type in SANCTIONS else []


def fresh_measure(event):
    return {'measure': event.data['measure'], 'imposed_by': sorted_set(event.actors),
            'target': sorted_set(event.data.get('target', [])), 'programme': None, 'legal_basis': None,
            'restrictions': [],
            'lifted': [], 'exemptions': [], 'temporary': [], 'status': 'active', 'expires': None, 'lapses_at': None,
            'since': event.occurred}


def measure_status(state):
    if state['lifted'] and not state['restrictions']:
        return 'suspended'
    return 'eased' if state['lifted'] or state['exemptions'] else 'active'


def strike(state, lifts, permits):
    """Takes things out of every temporary entry; an entry left with nothing goes."""
    entries = [{**entry, 'lifts': without(entry['lifts'], lifts), 'permits': without(entry['permits'], permits)}
               for entry in state['temporary']]
    state['temporary'] = [entry for entry in entries if entry['lifts'] or entry['permits']]


def come_into_force(state, restrictions):
    state['restrictions'] = together(state['restrictions'], restrictions)
    state['lifted'] = without(state['lifted'], restrictions)
    strike(state, restrictions, [])


def empty_lists(state):
    for name in ('restrictions', 'lifted', 'exemptions', 'temporary'):
        state[name] = []
    state['lapses_at'] = None


def set_expiry(state, event):
    state['expires'] = event.data.get('expires')
    state['lapses_at'] = edtf.instant(end_of(state['expires'], event)) if state['expires'] else None


def sanctions_apply(before, event, _key):
    data = event.data
    over = before is None or (before['status'] in ('lifted', 'expired') and event.type != 'sanction.lifted')
    state = fresh_measure(event) if over else dict(before)
    if event.type == 'sanction.lifted':
        empty_lists(state)
        state['expires'], state['status'] = None, 'lifted'
        return state
    if event.type == 'sanction.imposed':
        state['imposed_by'] = sorted_set(event.actors)
        set_expiry(state, event)
    if event.type == 'sanction.amended' and 'expires' in data:
        set_expiry(state, event)
    if event.type in ('sanction.imposed', 'sanction.amended'):
        if 'target' in data:
            state['target'] = sorted_set(data['target'])
        for name in ('programme', 'legal_basis'):
            if name in data:
                state[name] = data[name]
        if 'restrictions' in data:
            if event.type == 'sanction.amended':
                state['restrictions'] = []
            come_into_force(state, data['restrictions'])
    if event.type == 'sanction.amended':
        revokes = data.get('revokes', [])
        back = [thing for thing in revokes if thing in state['lifted']]
        state['exemptions'] = without(state['exemptions'], revokes)
        strike(state, revokes, revokes)
        come_into_force(state, back)
    if event.type == 'sanction.eased':
        ease(state, event)
    state['status'] = measure_status(state)
    return state


def ease(state, event):
    data = event.data
    lifts, permits = sorted_set(data.get('lifts', [])), sorted_set(data.get('permits', []))
    state['restrictions'] = without(state['restrictions'], lifts)
    state['lifted'] = together(state['lifted'], lifts)
    state['exemptions'] = together(state['exemptions'], permits)
    strike(state, lifts, permits)
    if 'until' in data and (lifts or permits):
        state['temporary'] = state['temporary'] + [{'until': data['until'],
                                                    'lapses_at': edtf.instant(end_of(data['until'], event)),
                                                    'lifts': lifts, 'permits': permits}]


def sanctions_lapse(before):
    """What runs out next. At one instant entries go before the measure; no order of them changes the outcome."""
    due = [(micros(entry['lapses_at']), 0, n) for n, entry in enumerate(before['temporary'])]
    if before['lapses_at']:
        due.append((micros(before['lapses_at']), 1, 0))
    if not due:
        return None
    moment, whole, n = min(due)
    state = dict(before)
    if whole:
        empty_lists(state)
        state['status'] = 'expired'
        return moment, state
    entry = before['temporary'][n]
    state['temporary'] = before['temporary'][:n] + before['temporary'][n + 1:]
    state['exemptions'] = without(state['exemptions'], entry['permits'])
    come_into_force(state, entry['lifts'])
    state['status'] = measure_status(state)
    return moment, state


# licences

def licences_keys(event):
    data = event.data
    eased = event.type == 'sanction.eased'
    amended = event.type == 'sanction.amended' and 'revokes' in data
    return [data['measure'] + '#' + data['instrument']] if (eased or amended) and 'instrument' in data else []


def licences_apply(before, event, _key):
    data = event.data
    state = dict(before or {'measure': data['measure'], 'instrument': data['instrument'], 'lifts': [], 'permits': [],
                            'until': None, 'lapses_at': None, 'status': None, 'since': None})
    if event.type == 'sanction.eased':
        state['lifts'], state['permits'] = sorted_set(data.get('lifts', [])), sorted_set(data.get('permits', []))
        state['until'] = data.get('until')
        state['lapses_at'] = edtf.instant(end_of(data['until'], event)) if 'until' in data else None
        return with_status(state, 'in_force', event.occurred)
    state['lifts'] = without(state['lifts'], data['revokes'])
    state['permits'] = without(state['permits'], data['revokes'])
    spent = state['status'] == 'in_force' and not state['lifts'] and not state['permits']
    if before is None or spent:
        state['lapses_at'] = None
        return with_status(state, 'revoked', event.occurred)
    return state


def with_status(state, status, since):
    if state['status'] != status:
        state['status'], state['since'] = status, since
    return state


def licences_lapse(before):
    if before['status'] != 'in_force' or not before['lapses_at']:
        return None
    return micros(before['lapses_at']), {**before, 'lapses_at': None, 'status': 'expired', 'since': before['until']}


# commitments

COMMITMENTS = {'commitment.made': 'open', 'commitment.fulfilled': 'fulfilled', 'commitment.broken': 'broken',
               'commitment.withdrawn': 'withdrawn'}


def commitments_keys(event):
    return [event.data['commitment']] if event.type in COMMITMENTS else []


def commitments_apply(before, event, key):
    data = event.data
    state = dict(before or {'commitment': key, 'by': None, 'to': None, 'what': None, 'conditional_on': None,
                            'due': None,
                            'lapses_at': None, 'status': None, 'since': None})
    state['lapses_at'] = None
    if event.type == 'commitment.made':
        for name in ('by', 'to', 'what', 'conditional_on', 'due'):
            state[name] = data.get(name)
        if 'due' in data:
            state['lapses_at'] = edtf.instant(end_of(data['due'], event))
    return with_status(state, COMMITMENTS[event.type], event.occurred)


def commitments_lapse(before):
    if before['status'] != 'open' or not before['lapses_at']:
        return None
    return micros(before['lapses_at']), {**before, 'lapses_at': None, 'status': 'overdue', 'since': before['due']}


# correspondence

def correspondence_keys(event):
    if event.type == 'letter.sent':
        return [event.chain_id]
    return [event.letter_key] if event.letter_key else []


def correspondence_apply(before, event, key):
    data = event.data
    state = dict(before or {'letter': key, 'from': None, 'to': None, 'medium': None, 'asks': [], 'carried_by': None,
                            'status': None, 'since': None, 'delivered_by': None, 'answered_with': None})
    if event.type == 'letter.sent':
        for name in ('from', 'to', 'medium', 'carried_by'):
            state[name] = data.get(name)
        state['asks'] = data.get('asks', [])
        return state if state['status'] else with_status(state, 'sent', event.occurred)
    if event.type == 'letter.delivered':
        state['delivered_by'] = data.get('by')
        return state if state['status'] == 'answered' else with_status(state, 'delivered', event.occurred)
    state['answered_with'] = data.get('with')
    return with_status(state, 'answered', event.occurred)
