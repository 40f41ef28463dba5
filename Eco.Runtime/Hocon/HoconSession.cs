namespace Eco.Runtime.Hocon;

/// <summary>What the parsers of a document and of all that it includes share: errors, limits, and what is open.</summary>
internal sealed class HoconSession(HoconOptions options)
{
    private long _bytes;

    public HoconOptions Options { get; } = options;

    public HoconLimits Limits => Options.Limits;

    public List<HoconDiagnostic> Diagnostics { get; } = [];

    /// <summary>What substitutions may add to a document of the size that was read.</summary>
    public long ExpansionLimit => Limits.MaxExpansion + (Limits.MaxExpansionPerByte * _bytes);

    /// <summary>Whether there is no point in going on: a limit is reached.</summary>
    public bool Stopped { get; private set; }

    /// <summary>The names of the documents that are open, the outermost first.</summary>
    public List<string> Open { get; } = [];

    public int Includes { get; private set; }

    public void Report(HoconPosition position, string message, string? hint = null)
    {
        if (Stopped)
        {
            return;
        }

        Diagnostics.Add(new HoconDiagnostic(position, message, hint));
        if (Diagnostics.Count >= Limits.MaxErrors)
        {
            Stop(position, $"there are more than {Limits.MaxErrors} errors; reading stopped here", null);
        }
    }

    /// <summary>Reports something after which nothing else can be said.</summary>
    public void Stop(HoconPosition position, string message, string? hint)
    {
        if (!Stopped)
        {
            Diagnostics.Add(new HoconDiagnostic(position, message, hint));
            Stopped = true;
        }
    }

    public bool TryAddBytes(long count, HoconPosition position)
    {
        _bytes += count;
        if (_bytes <= Limits.MaxBytes)
        {
            return true;
        }

        Stop(position, $"the document and all that it includes are larger than {Limits.MaxBytes} bytes", "limit max-bytes");
        return false;
    }

    public bool TryAddInclude(HoconPosition position)
    {
        if (++Includes > Limits.MaxIncludes)
        {
            Stop(position, $"more than {Limits.MaxIncludes} documents are included", "limit max-includes");
            return false;
        }

        if (Open.Count > Limits.MaxIncludeDepth)
        {
            Stop(position, $"includes are nested more than {Limits.MaxIncludeDepth} deep", "limit max-include-depth");
            return false;
        }

        return true;
    }
}
