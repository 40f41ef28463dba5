namespace Eco.Actors.Ions.Language;

/// <summary>How bad a finding is.</summary>
public enum IonSeverity
{
    /// <summary>The ION can run, and something deserves attention.</summary>
    Warning,

    /// <summary>The ION cannot run.</summary>
    Error,
}
