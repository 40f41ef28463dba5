namespace Eco.Actors.Ions.Language;

/// <summary>What became of a part of an ION.</summary>
public enum IonChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It is there in both versions, and not the same.</summary>
    Changed,
}
