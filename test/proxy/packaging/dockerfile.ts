/** A step of a Dockerfile: the instruction in capitals, and what it says, its lines joined. */
export interface Step {
  readonly instruction: string;
  readonly text: string;
}

/** A stage: its base image, its name where it has one, and its steps. */
export interface Stage {
  readonly base: string;
  readonly name: string | null;
  readonly steps: readonly Step[];
}

const FROM = /^(\S+)(?:\s+AS\s+(\S+))?$/i;

const steps = (text: string): readonly Step[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [, instruction, rest] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
      return instruction === undefined ? [] : [{ instruction: instruction.toUpperCase(), text: rest ?? '' }];
    });

/** Takes a Dockerfile apart. @throws when it does not begin with FROM */
export const stagesOf = (text: string): readonly Stage[] => {
  const stages: { base: string; name: string | null; steps: Step[] }[] = [];
  for (const step of steps(text)) {
    const [, base, name] = step.instruction === 'FROM' ? (FROM.exec(step.text) ?? []) : [];
    if (base !== undefined) stages.push({ base, name: name ?? null, steps: [] });
    else if (stages.at(-1) === undefined) throw new Error(`'${step.instruction} ${step.text}' stands before any FROM`);
    else stages.at(-1)?.steps.push(step);
  }
  return stages;
};
