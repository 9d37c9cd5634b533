/**
 * Share of false ones among what is called a failure, on average; of equal samples, the chance that anything is called one (Benjamini
 * and Hochberg).
 */
export const falseDiscoveryRate = 0.01;
