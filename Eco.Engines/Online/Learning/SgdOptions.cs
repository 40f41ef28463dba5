namespace Eco.Engines.Online.Learning;

/// <summary>Parameters of stochastic gradient descent: <c>η_t = rate / (1 + rateDecay·t)</c> with t the rows learnt from.</summary>
public sealed record SgdOptions
{
    /// <summary>Learning rate at the start.</summary>
    public double Rate { get; init; } = 0.05;

    /// <summary>How fast it falls, per row; 0 keeps it.</summary>
    public double RateDecay { get; init; }

    /// <summary>λ of the penalty λ‖w‖²/2; biases are free of it.</summary>
    public double L2 { get; init; }

    /// <summary>How much of a merged model is taken: w ← (1−ρ)·w + ρ·merged.</summary>
    public double Blend { get; init; } = 1;
}
