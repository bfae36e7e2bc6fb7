import { Refusal } from "@millwright/contracts/states";

/**
 * Refuses passwords that are guessed first. The length is checked by the contract; beyond it only what
 * is on everybody's list, repeats itself, or is made of the person's own name (NIST SP 800-63B, 3.1.1.2).
 * @throws Refusal password.too_common · password.own_name
 */
export function checkPassword(
  password: string,
  owner: { name: string; email: string; companyName: string },
): void {
  const plain = lettersOf(password);
  if (common.some((word) => plain === word || plain === word + word) || isMonotonous(password)) {
    throw refuse("password.too_common", "This password is among the first ones tried.");
  }
  const [mailbox = ""] = owner.email.split("@");
  const own = [...`${owner.name} ${owner.companyName}`.split(/\s+/), mailbox, "millwright"];
  const rest = own
    .map(lettersOf)
    .filter((word) => word.length >= ownWordLengthMin)
    .reduce((left, word) => left.replaceAll(word, ""), plain);
  if (rest.length < restLengthMin) {
    throw refuse("password.own_name", "Little is left of this password without your own names.");
  }
}

const ownWordLengthMin = 3;
// "anna-maria-2026" without the name is four digits.
const restLengthMin = 6;

function isMonotonous(password: string): boolean {
  return new Set(password.toLowerCase()).size < distinctMin || isRun(password);
}
// "aaaaaaaaaaaa", "121212121212".
const distinctMin = 4;

/** Ascending or descending one by one, as "abcdefghijkl" or "0987654321098". */
function isRun(password: string): boolean {
  const codes = Array.from(password.toLowerCase(), (char) => char.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  // Nine the other way: after 9 comes 0.
  return [1, -1].some((by) => steps.every((step) => step === by || step === by * -9));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Of the lists of leaked passwords, those with twelve characters or more, and the halves of doubled ones. */
const common = [
  "123456",
  "12345678",
  "1234567890",
  "123456789012",
  "123456789123",
  "password",
  "passwort",
  "password123",
  "password1234",
  "password12345",
  "passwordpassword",
  "qwerty",
  "qwertyuiop",
  "qwertyuiop12",
  "qwertyuiop123",
  "qwerty123456",
  "1qaz2wsx3edc",
  "1q2w3e4r5t6y",
  "1qaz2wsx3edc4rfv",
  "q1w2e3r4t5y6",
  "asdfghjkl",
  "asdfghjkl123",
  "zxcvbnm",
  "iloveyou",
  "iloveyou1234",
  "administrator",
  "admin",
  "adminadmin",
  "admin123456",
  "welcome",
  "welcome12345",
  "changeme",
  "changeme1234",
  "changemenow",
  "letmein",
  "letmein12345",
  "trustno1",
  "correcthorsebatterystaple",
  "manufacturing",
  "production",
] as const;

function refuse(code: string, sentence: string): Refusal {
  return new Refusal(code, `${sentence} Choose another one; three random words do.`, {
    kind: "invalid",
  });
}
