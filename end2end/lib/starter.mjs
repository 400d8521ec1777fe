// What the tests know of the starter content in `content/`. When that is rewritten, only this file changes.

export const MODULE = { slug: "service-is-part-of-care", title: "Service is part of care", pages: 11 };

export const ROLE_PLAY = {
  slug: "two-hours",
  title: "Two hours",
  /** The way that passes with all that can be earned, choice by choice. */
  best: [
    "\"Two hours is far too long, Mr Bello. I'm sorry you had to come and ask.\"",
    "\"Insulin at seven, and no food since then. How do you feel right now?\"",
    "\"I'll call Nurse Ada now, and I'll stay with you until she is here.\"",
    "\"Mr Bello took insulin at seven. He hasn't eaten since, and he is shaky.\"",
    "\"Two are ahead of you. Forty to sixty minutes. I'll come to you at half past ten.\"",
    "Go to his chair: \"The doctor isn't back. Forty more minutes. How are you now?\"",
  ],
};

export const QUIZ = {
  slug: "service-is-part-of-care-quiz",
  title: "Service is part of care: quiz",
  /** The right answers, by the headings of the questions. */
  right: {
    "Where the care begins": { choose: ["\"For them, it starts with you. You tell them what to bring and expect.\""] },
    "The room at night": {
      choose: ["Say who she is, and ask whether now is a good time to clean", "Stop for a moment, and let him say what is on his mind"],
    },
    "At the pharmacy window": {
      order: [
        "Let her tell the whole story without a break",
        "Say back the main point, and ask whether you have it right",
        "Say what you will do now, and about how long it takes",
        "Go to her when that time is up, even with half the news",
      ],
    },
    "What it tells them": {
      pairs: {
        "A cashier explains each line of a bill": "\"Nobody is hiding anything from me\"",
        "A porter asks before he moves the chair": "\"I still have a say in what happens\"",
        "A clerk comes back at the time she gave": "\"I can believe what they tell me\"",
      },
    },
    "When the answer is no": { blanks: ["why", "can do"] },
    "Where the care ends": {
      choose: ["\"He is still healing, that's why. Ask him what has come up for him since he went home.\""],
    },
    "Where it was lost": { choose: ["Nobody looked after the step from one of us to the next one of us"] },
    "The pharmacy is next": {
      choose: ["\"It closes at four. I'll tell them that you are coming, and show you to the lift.\""],
    },
    "What they make of it": {
      pairs: {
        "A guard stands up and greets before he asks for the card": "\"I am a guest here, and no trouble\"",
        "A radiographer says what the noise will be": "\"Nothing will take me by surprise\"",
        "A nurse draws the curtain before she asks": "\"What I say stays between us\"",
      },
    },
    "On the way to theatre": {
      choose: ["Slow down a little, so that she can say what it was that kept her up", "Offer to tell the nurse in theatre that she has hardly slept"],
    },
    "A call about a result": {
      order: [
        "Let him say all that he rang to say",
        "Repeat what he needs, and ask if that is right",
        "Tell him what you will do, and when you will ring",
        "Ring at that time, even if there is no result",
      ],
    },
    "No lunch today": { blanks: ["because", "can do"] },
    "Your own part": {
      text: "The man at the gate learned that we are glad to see him. Next time I will tell him the way as well.",
    },
  },
};
