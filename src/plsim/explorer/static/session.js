// What a room said in a session: votes by hand and by phone, drawn predictions, notes. Kept in this browser's tab until it
// is closed; nothing of it is sent anywhere, and nobody is named.

const key = (name) => `plsim-session-${name}`;

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(key(name))) ?? {};
  } catch {
    return {};
  }
}

/** The session of a demonstration. Every step has hands and phones (a number for each option), drawn, and a note. */
export function session(name, options) {
  const kept = read(name);
  const state = { began: kept.began ?? new Date().toISOString(), steps: options.map((count, index) => {
    const step = kept.steps?.[index] ?? {};
    const numbers = (list) => Array.from({ length: count }, (_, option) => Number(list?.[option]) || 0);
    return { hands: numbers(step.hands), phones: numbers(step.phones), last: step.last ?? null, drawn: step.drawn ?? null, note: step.note ?? "" };
  }) };
  const keep = () => { try { sessionStorage.setItem(key(name), JSON.stringify(state)); } catch { /* it lasts as long as the page */ } };
  return {
    began: new Date(state.began),
    step: (index) => state.steps[index],
    /** Votes for each option of a step, hands and phones together. */
    votes: (index) => state.steps[index].hands.map((hands, option) => hands + state.steps[index].phones[option]),
    raise(index, option, by = 1) {
      const step = state.steps[index];
      step.hands[option] = Math.max(step.hands[option] + by, 0);
      if (by > 0) step.last = option;
      keep();
    },
    clear(index) {
      Object.assign(state.steps[index], { hands: state.steps[index].hands.map(() => 0), phones: state.steps[index].phones.map(() => 0), last: null });
      keep();
    },
    phones(index, counts) { state.steps[index].phones = counts; keep(); },
    draw(index, values) { state.steps[index].drawn = values; keep(); },
    note(index, text) { state.steps[index].note = text; keep(); },
    /** The option that most people chose; of equal ones the latest. None without a vote. */
    leader(index) {
      const votes = this.votes(index);
      const most = Math.max(...votes);
      if (!most) return undefined;
      const { last } = state.steps[index];
      return votes[last] === most ? last : votes.indexOf(most);
    },
    forget() {
      try { sessionStorage.removeItem(key(name)); } catch { /* nothing was kept */ }
    },
  };
}
