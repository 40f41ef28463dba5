namespace Eco.Engines.Online.Learning;

/// <summary>A model that puts rows into classes. Immutable.</summary>
public interface IClassifier
{
    /// <summary>How many classes; they are numbered from 0.</summary>
    int Classes { get; }

    /// <summary>Features of a row.</summary>
    int Features { get; }

    /// <summary>The most likely class of a row; of equals the first.</summary>
    /// <param name="row">As many numbers as <see cref="Features"/>.</param>
    int Classify(ReadOnlySpan<double> row);
}
