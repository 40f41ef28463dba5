namespace Eco.Engines.Online.Learning;

/// <summary>A model that predicts a number. Immutable.</summary>
public interface IRegressor
{
    /// <summary>Features of a row.</summary>
    int Features { get; }

    /// <summary>The predicted target of a row.</summary>
    /// <param name="row">As many numbers as <see cref="Features"/>.</param>
    double Predict(ReadOnlySpan<double> row);
}
