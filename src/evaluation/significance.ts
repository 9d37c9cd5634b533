/** p-value below which a difference is called seen: three standard deviations, one-sided. */
export const significant = 0.00135;
