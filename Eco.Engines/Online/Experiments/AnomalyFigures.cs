namespace Eco.Engines.Online.Experiments;

/// <summary>How well anomalies were found: means over the edges.</summary>
/// <param name="F1">F1 at the threshold.</param>
/// <param name="Auc">Area under the ROC curve.</param>
public sealed record AnomalyFigures(double F1, double Auc);
