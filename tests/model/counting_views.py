"""The views that count or that follow a status, without lapses.

Prisoners, missions, relations, estimates, envoys, parties, flights, lists.

A view is three functions: keys(event), apply(state or None, event, key), lapse(state) -> (instant, state) or None."""
import edtf


def never(_state):
    return None


def count(value):
    """`n` or `[low, high]` as a pair; None is no upper bound."""
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


def bounds(low, high):
    return {'low': low, 'high': high}


def sorted_set(values):
    if not isinstance(values, list):
        values = [values]
    return sorted(set(values), key=lambda text: text.encode())


# prisoners

def prisoners_keys(event):
    data, keys = event.data, []
    if event.type in ('prisoners.detained', 'prisoners.released', 'prisoners.estimated'):
        keys.append(data['holder'])
    if event.type == 'prisoner.reported':
        if data['status'] == 'died':
            keys.append(data['holder'])
        keys.append(data['holder'] + '/' + data['person'])
    if event.type in ('prisoners.detained', 'prisoners.released'):
        keys += [data['holder'] + '/' + person for person in data.get('persons', [])]
    return keys


def prisoners_apply(state, event, key):
    if '/' in key:
        return person_apply(state, event, key)
    return tally_apply(state, event)


def no_one():
    return bounds(0, 0)


def grown(pair, low, high):
    return bounds(pair['low'] + low, None if pair['high'] is None or high is None else pair['high'] + high)


def taken(pair, low, high):
    """What is left of a pair when between low and high (None: nobody knows) are taken away."""
    return bounds(0 if high is None else max(0, pair['low'] - high),
                  None if pair['high'] is None else max(0, pair['high'] - low))


def tally_apply(before, event):
    data = event.data
    if before:
        held, estimate, since, total = (before[name] for name in ('held', 'estimate', 'since_estimate', 'total'))
        total, since = dict(total), since and dict(since)
    else:
        held, estimate, since = bounds(0, None), None, None
        total = {'detained': no_one(), 'released': no_one(), 'released_foreign': no_one(), 'died': 0}
    if event.type == 'prisoners.estimated':
        low, high = count(data['count'])
        held = bounds(low, high)
        estimate = {'low': low, 'high': high, 'claimed_by': data.get('claimed_by'), 'event': event.position}
        since = {'detained': no_one(), 'released': no_one(), 'died': 0}
    elif event.type == 'prisoner.reported':
        total['died'] += 1
        if since:
            since['died'] += 1
        held = taken(held, 1, 1)
    else:
        low, high = count(data['count']) if 'count' in data else (len(data['persons']),) * 2
        what = event.type.split('.')[1]
        total[what] = grown(total[what], low, high)
        if since:
            since[what] = grown(since[what], low, high)
        if what == 'detained':
            held = grown(held, low, high)
        else:
            held = taken(held, low, high)
            foreign = count(data['foreign']) if 'foreign' in data else (0, high)
            total['released_foreign'] = grown(total['released_foreign'], *foreign)
    return {'holder': data['holder'], 'held': held, 'estimate': estimate, 'since_estimate': since, 'total': total}


def person_apply(before, event, key):
    data = event.data
    holder, person = key.split('/', 1)
    state = {'person': person, 'holder': holder}
    if event.type == 'prisoner.reported':
        if before and before['status'] == data['status']:
            return before
        state |= {'status': data['status'], 'since': event.occurred}
    else:
        state |= {'status': 'held' if event.type == 'prisoners.detained' else 'released', 'since': event.occurred}
        if event.type == 'prisoners.released':
            state |= {name: data[name] for name in ('mode', 'destination') if name in data}
    return state


# missions

MISSION_STATUS = {'mission.opened': 'open', 'mission.suspended': 'suspended', 'mission.closed': 'closed'}


def missions_keys(event):
    return ['{sender}@{host}/{city}'.format(**event.data)] if event.type in MISSION_STATUS else []


def missions_apply(before, event, _key):
    data, status = event.data, MISSION_STATUS[event.type]
    same = before is not None and before['status'] == status
    return {'sender': data['sender'], 'host': data['host'], 'city': data['city'],
            'level': data.get('level') or (before['level'] if before else 'embassy'),
            'status': status, 'since': before['since'] if same else event.occurred}


# relations

QUADS = ('verbal_cooperation', 'material_cooperation', 'verbal_conflict', 'material_conflict')


def relations_keys(event):
    if event.quad is None:
        return []
    month = edtf.month_of(event.span.earliest, event.zone)
    states = [[p for p in parties if p.startswith('state:')] for parties in (event.actors, event.recipients)]
    return sorted({f'{a}>{b}/{month}' for a in states[0] for b in states[1] if a != b})


def relations_apply(before, event, key):
    pair, month = key.split('/')
    sender, receiver = pair.split('>')
    state = dict(before or {'from': sender, 'to': receiver, 'month': month, 'events': 0,
                            **{quad: 0 for quad in QUADS}, 'goldstein_tenths': 0})
    state['events'] += 1
    state[QUADS[int(event.quad) - 1]] += 1
    state['goldstein_tenths'] += event.tenths
    return state


# estimates

def estimates_keys(event):
    if event.type != 'prisoners.estimated':
        return []
    data = event.data
    return ['/'.join((data['holder'], data.get('claimed_by', '-'), data.get('category', '-')))]


def estimates_apply(_before, event, _key):
    data = event.data
    low, high = count(data['count'])
    return {'holder': data['holder'], 'claimed_by': data.get('claimed_by'), 'category': data.get('category'),
            'low': low, 'high': high, 'since': event.occurred}


# envoys

ENVOY_STATUS = {'envoy.appointed': 'serving', 'envoy.recalled': 'recalled', 'envoy.expelled': 'expelled'}


def envoys_keys(event):
    return ['{sender}@{host}/{envoy}'.format(**event.data)] if event.type in ENVOY_STATUS else []


def envoys_apply(before, event, _key):
    data, status = event.data, ENVOY_STATUS[event.type]
    same = before is not None and before['status'] == status
    return {'envoy': data['envoy'], 'sender': data['sender'], 'host': data['host'],
            'rank': data.get('rank') or (before and before['rank']),
            'status': status, 'since': before['since'] if same else event.occurred}


# parties

def parties_keys(event):
    return [event.data['party']] if event.type == 'party.described' else []


def parties_apply(before, event, _key):
    data = event.data
    state = dict(before or {'party': data['party'], 'name': None, 'aliases': [], 'nationality': [], 'affiliations': [],
                            'identifiers': {}, 'same_as': []})
    for name in ('name', 'identifiers'):
        if name in data:
            state[name] = data[name]
    for name in ('aliases', 'nationality', 'affiliations', 'same_as'):
        if name in data:
            state[name] = sorted_set(data[name])
    return state


# flights

def flights_keys(event):
    return [event.chain_id] if event.type == 'flight.flown' else []


def flights_apply(_before, event, key):
    data = event.data
    return {'flight': key, 'from': data['from'], 'to': data['to'],
            'carrier': data.get('carrier'), 'aircraft': data.get('aircraft'),
            'escort': sorted_set(data.get('escort', [])), 'carries': data.get('carries'),
            'passengers': bounds(*count(data['passengers'])) if 'passengers' in data else None}


# lists

def lists_keys(event):
    return [event.data['list']] if event.type == 'list.observed' else []


def lists_apply(_before, event, _key):
    data = event.data
    return {'list': data['list'], 'entries': int(data['entries']), 'sha256': data.get('sha256'), 'seen': event.occurred}
