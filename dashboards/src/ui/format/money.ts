/**
 * An amount as a person reads it: two decimals, four below 1, because a screw costs 0.0125. The company's
 * currency is known to the server only; so no sign is shown.
 */
export function formatMoney(amount: string, locale: string): string {
  const isSmall = /^0\.\d*[1-9]/.test(amount);
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: isSmall ? 4 : 2,
  }).format(amount as `${number}`);
}
