/** What each model is, for the screens that show its figures. */
export const MODEL_OF = {
  analytical: "the analytical model (Timeloop and Accelergy of Gemmini)",
  starlight: "Starlight, learnt from RTL",
  event: "the event-driven model",
} as const;
