namespace Eco.Runtime.Hocon;

/// <summary>Bounds on what a document may cost to read. A document past one is refused with an error that names the bound.</summary>
public sealed record HoconLimits
{
    /// <summary>The bounds in use unless others are given.</summary>
    public static HoconLimits Default { get; } = new();

    /// <summary>Bytes of the document and all that it includes. Default 16 MiB.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Objects and arrays within each other, the elements of a path counted too. Default 128.</summary>
    public int MaxDepth { get; init; } = 128;

    /// <summary>Documents that may be included in all. Default 256.</summary>
    public int MaxIncludes { get; init; } = 256;

    /// <summary>Includes within each other. Default 32.</summary>
    public int MaxIncludeDepth { get; init; } = 32;

    /// <summary>Substitutions that may wait for each other, one within the other. Default 256.</summary>
    public int MaxSubstitutionDepth { get; init; } = 256;

    /// <summary>
    /// Values and characters that all substitutions together may add to a document, whatever its size. Default 128 Ki, which keeps the cost of
    /// a small document below 16 MB and 100 ms.
    /// </summary>
    public int MaxExpansion { get; init; } = 128 * 1024;

    /// <summary>Values and characters that they may add beyond that for each byte of the document and all that it includes. Default 8.</summary>
    public int MaxExpansionPerByte { get; init; } = 8;

    /// <summary>Errors after which reading stops. Default 100.</summary>
    public int MaxErrors { get; init; } = 100;
}
