// Courseware of the tests' own, so that they do not change with the starter content: a module, a role-play, and quizzes with
// every kind of question. A chip stands between « and » here.

const written = (text) => text.trimStart().replaceAll(/[«»]/g, "`");

/** What the files below share. */
const competencies = `
competencies:
  - { id: listening, code: C1, name: Listening, levels: [Listens, Listens well, Teaches it] }
  - { id: calm, code: C2, name: Calm, levels: [Stays calm, Calms others, Teaches it] }
  - { id: recovery, code: C3, name: Putting it right, levels: [Says sorry, Mends it, Teaches it] }
`;

/**
 * The words of a role-play, scene by scene: what its scene shows, and what is told only afterwards, which are feedback and the
 * debrief.
 */
export function wordsOf(markdown) {
  const scenes = {};
  const told = [];
  let shown;
  for (const line of markdown.split("\n")) {
    const name = /^## (.+)/.exec(line)?.[1];
    const words = /^(?:- \[(?<choice>.+?)\]\(#|\s+> (?<feedback>.+)|> (?!\[)(?<hint>.+)|(?:`[^`]+` )?(?:\*\*.+:\*\* (?<speech>.+)|\*(?<stage>.+)\*$))/.exec(line)?.groups;
    if (name) shown = name === "Debrief" ? told : (scenes[name] = []);
    else if (words?.feedback) told.push(words.feedback);
    else if (shown === told && line.trim()) told.push(line.replace(/^`[^`]+` |^- \[ \] |^\d+\. /, "").replace(/ `[^`]+`$/, ""));
    else if (words && shown) shown.push(words.choice ?? words.hint ?? words.speech ?? words.stage);
  }
  return { scenes, told };
}

/** Four pages, two of them checks; reading is enough. */
export const LESSON = {
  slug: "night-round",
  title: "The night round",
  pages: ["knock-first", "check-the-dark-room", "check-the-empty-jug", "leave-quietly"],
  text: written(`
---
kind: module
title: The night round
minutes: 3
competencies: [listening]
complete: [read]
---

# The night round

## Knock first

Two soft knocks, your name, and a pause.

## Check: the dark room

«check»

Mr Vale lies awake in the dark. What do you do first?

- [x] Say your name and ask whether a light is all right
  > He knows who is there before he sees anything.
- [ ] Switch on the lamp above his bed
  > The lamp hurts his eyes, and he does not know who you are.

## Check: the empty jug

«check»

Her jug is empty, and she may drink. What do you do?

- [x] Fill it, and put it where she can reach it
  > Water that stands out of reach helps nobody.
- [ ] Tell her that breakfast is at seven
  > Seven is far away for somebody who is thirsty now.

## Leave quietly

Say that you are going, and when somebody comes again.
`),
};

/** A role-play with two to four decisions; only who begins badly meets the scene that tests recovery. */
export const WINDOW = {
  slug: "the-open-window",
  title: "The open window",
  text: written(`
---
kind: scenario
title: The open window
minutes: 2
you-are: Porter on a ward at night
characters:
  Mrs Roe: {}
meters:
  trust: { start: 40, show: mood }
  warmth: { start: 50, show: bar }
  patience: { start: 61, show: hidden }
competencies: [listening, calm, recovery]
pass: { score: 70, ending: good, critical: 0 }
---

# The open window

The corridor is dark, and one door stands ajar.

## A cold draught

«tests listening»

*Curtains stir beside the bed.*

**Mrs Roe:** I have been freezing since supper.

> [!TIP]
> Look at her shoulders before you look at the window.

- ["You are freezing. Shall I shut it and bring a blanket?"](#a-second-wish) «best» «trust +30» «warmth +20» «set asked»
  > Saying it back shows her that somebody heard.
- ["I can have a look at it after my round."](#a-second-wish) «ok» «warmth -10»
  > Later help leaves her shivering until then.
- ["The nurse opened that, so it stays as it is."](#a-hard-silence) «poor» «trust -20» «patience -40»
  > A rule stands where an ear should be.

## A hard silence

«tests recovery»

*She turns her face to the wall.*

- ["That came out harshly. I am sorry, Mrs Roe."](#a-second-wish) «best» «trust +20»
  > An apology opens the door again.
- ["Well, I only do as I am told."](#a-second-wish) «poor» «trust -10»
  > True perhaps, and it ends the talk.

## A second wish

«tests calm» «weight 2»

«if asked» **Mrs Roe:** Lovely. Could I have some water as well?

«else» **Mrs Roe:** Then at least some water, please.

- ["Of course. Are you allowed to drink before tomorrow?"](#the-round-goes-on) «best» «trust +10»
  > A kind yes, and the question that keeps her safe.
- ["I will tell the nurse that you are thirsty."](#the-round-goes-on) «ok»
  > Safe, and she has to wait once more.
- ["Here, drink mine, nobody needs to know."](#the-round-goes-on) «critical» «trust +20»
  > Before an operation one sip can do great damage.

## The round goes on

1. [Sound asleep](#sound-asleep) «if trust >= 70 and patience > 20 and not critical»
2. [The bell again](#the-bell-again) «otherwise»

## Sound asleep

«ending good»

**Mrs Roe:** Sleep well, whoever you are.

## The bell again

«ending bad»

*A bell rings through the corridor until dawn.*

## Debrief

«if not asked» She had to wait for warmth. Try her own words first.

- [ ] Said back what she said «if asked»
- [ ] Kept her safe «if not critical»

1. Whose shoulders did you look at today?
`),
  /** The way that passes, choice by choice. */
  best: ["\"You are freezing. Shall I shut it and bring a blanket?\"", "\"Of course. Are you allowed to drink before tomorrow?\""],
  /** What is less good, by scene. */
  ok: ["\"I can have a look at it after my round.\"", "\"I will tell the nurse that you are thirsty.\""],
  poor: "\"The nurse opened that, so it stays as it is.\"",
  sorry: "\"That came out harshly. I am sorry, Mrs Roe.\"",
  critical: "\"Here, drink mine, nobody needs to know.\"",
  /** What is said of the first of the best choices. */
  heard: "Saying it back shows her that somebody heard.",
};

const QUESTIONS = written(`
## One answer

«listening»

A woman asks you to stay. What do you say?

- [x] "I'll stay until the nurse is here."
  > She is not alone, and she knows for how long.
- [ ] "I'll look in again before midnight." «25%»
  > A time is good, yet she asked for company now.
- [ ] "Somebody else will surely come."
  > Nobody has promised that.

## Several answers

«calm»

Which two belong to a calm night?

- [x] Closing doors by the handle
  > The handle makes no noise.
- [x] Speaking below the monitors
  > A low voice reaches only one bed.
- [ ] Calling names along the corridor
  > It wakes the whole ward.
- [ ] Switching on every lamp at once
  > Everybody thinks that it is morning.

## In order

«listening»

Put the night visit in order.

1. Knock twice
2. Say your name
3. Ask what is needed
4. Say when you come again

> Knocking comes before every word.

## What belongs together

«calm»

| You see | You do |
| ------- | ------ |
| An empty jug | Fetch fresh water |
| A trembling hand | Call the nurse |
| A blanket on the floor | Tuck it in again |
| | Write it in the visitor book |

> What you see decides what you do.

## Two gaps

«calm»

"I'll be back in «= seventeen / 17» minutes. Until then, «= (ring) / shout / sleep» if you need me."

> A number and a bell are worth more than a promise.

## A number

«calm»

The drip holds 500 ml and runs at 125 ml an hour. It lasts about «= 240 ± 5» minutes.

> Four hours, told in minutes, is easier to wait for.

## In your own words

«reflect 5 words»

What will you do on your next night?

> Something small that you can do at every bed.
`);

const quiz = (front, title) => `---\nkind: quiz\ntitle: ${title}\ncompetencies: [listening, calm]\n${front}\n---\n\n# ${title}\n\n${QUESTIONS}`;

/** The same questions in three quizzes. */
export const QUIZ = {
  /** Feedback after each answer; a new paper each time. */
  atOnce: { slug: "night-quiz-at-once", title: "Night quiz, told at once" },
  /** Feedback at the end; three attempts, the next one asks only what was not right. */
  atTheEnd: { slug: "night-quiz-at-the-end", title: "Night quiz, told at the end" },
  /** A minute, and one attempt. */
  timed: { slug: "night-quiz-timed", title: "Night quiz against the clock" },
  headings: ["One answer", "Several answers", "In order", "What belongs together", "Two gaps", "A number", "In your own words"],
  right: {
    "One answer": { choose: ["\"I'll stay until the nurse is here.\""] },
    "Several answers": { choose: ["Closing doors by the handle", "Speaking below the monitors"] },
    "In order": { order: ["Knock twice", "Say your name", "Ask what is needed", "Say when you come again"] },
    "What belongs together": {
      pairs: { "An empty jug": "Fetch fresh water", "A trembling hand": "Call the nurse", "A blanket on the floor": "Tuck it in again" },
    },
    "Two gaps": { blanks: ["Seventeen", "ring"] },
    "A number": { blanks: ["242"] },
    "In your own words": { text: "I will knock twice and wait." },
  },
  partly: {
    "One answer": { choose: ["\"I'll look in again before midnight.\""] },
    "Several answers": { choose: ["Closing doors by the handle"] },
    "In order": { order: ["Knock twice", "Ask what is needed", "Say your name", "Say when you come again"] },
    "What belongs together": {
      pairs: { "An empty jug": "Fetch fresh water", "A trembling hand": "Tuck it in again", "A blanket on the floor": "Call the nurse" },
    },
    "Two gaps": { blanks: ["17", "shout"] },
  },
  wrong: {
    "One answer": { choose: ["\"Somebody else will surely come.\""] },
    "Several answers": { choose: ["Calling names along the corridor", "Switching on every lamp at once"] },
    "In order": { order: ["Say when you come again", "Ask what is needed", "Say your name", "Knock twice"] },
    "What belongs together": {
      pairs: {
        "An empty jug": "Write it in the visitor book",
        "A trembling hand": "Fetch fresh water",
        "A blanket on the floor": "Call the nurse",
      },
    },
    "Two gaps": { blanks: ["seven", "sleep"] },
    "A number": { blanks: ["4"] },
  },
  /** What must not reach the browser before an answer is judged: every line of feedback, and keys that are not shown to be chosen. */
  secrets: [...QUESTIONS.matchAll(/^ *> (.+)$/gm)].map(([, words]) => words).concat("seventeen", "240 ± 5"),
};

export const FILES = {
  "competencies.yaml": competencies.trimStart(),
  [`${LESSON.slug}.md`]: LESSON.text,
  [`${WINDOW.slug}.md`]: WINDOW.text,
  [`${QUIZ.atOnce.slug}.md`]: quiz("pass: 80\nfeedback: immediate\nretry: all", QUIZ.atOnce.title),
  [`${QUIZ.atTheEnd.slug}.md`]: quiz("pass: 80\nfeedback: end\nretry: wrong\nattempts: 3", QUIZ.atTheEnd.title),
  [`${QUIZ.timed.slug}.md`]: quiz("pass: 80\nfeedback: end\ntime-limit: 1m\nattempts: 1", QUIZ.timed.title),
};
