using System.Collections.Immutable;
using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>Collects findings, so that one reading reports all of them.</summary>
internal sealed class IonFindings(IonPositions positions)
{
    // Beyond this nobody reads on, and a text made to hurt could ask for more.
    private const int Most = 200;

    private readonly List<IonDiagnostic> _findings = [];

    public IonPositions Positions { get; } = positions;

    public bool HasErrors { get; private set; }

    public void Error(string path, string message, string? hint = null) => Add(IonSeverity.Error, Positions.Of(path), path, message, hint);

    public void Error(HoconPosition position, string path, string message, string? hint = null) => Add(IonSeverity.Error, position, path, message, hint);

    public void Warning(string path, string message, string? hint = null) => Add(IonSeverity.Warning, Positions.Of(path), path, message, hint);

    public bool HasErrorAt(string path) => _findings.Exists(f => f.Severity == IonSeverity.Error && f.Path == path);

    public ImmutableArray<IonDiagnostic> InOrder() => [.. _findings.OrderBy(f => f.Line).ThenBy(f => f.Column).ThenBy(f => f.Path, StringComparer.Ordinal)];

    private void Add(IonSeverity severity, HoconPosition position, string path, string message, string? hint)
    {
        HasErrors |= severity == IonSeverity.Error;
        if (_findings.Count < Most)
        {
            _findings.Add(new IonDiagnostic(severity, position.File, position.Line, position.Column, path, message, hint));
        }
    }
}
