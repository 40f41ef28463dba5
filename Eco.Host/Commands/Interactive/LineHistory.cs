namespace Eco.Host.Commands.Interactive;

/// <summary>The lines entered before, the newest last; at most 1,000. Kept in a file of the owner's only.</summary>
internal sealed class LineHistory
{
    private const int Limit = 1_000;

    private readonly List<string> _lines;
    private readonly string? _file;
    private int _at;
    private string _draft = "";

    /// <summary>Takes up what a file holds; a file that is missing or unreadable is an empty history, null is one that is not kept.</summary>
    public LineHistory(string? file)
    {
        _file = file;
        _lines = Load(file);
        _at = _lines.Count;
    }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The line before the one shown; null at the oldest.</summary>
    public string? Older(string shown)
    {
        if (_at == 0)
        {
            return null;
        }

        if (_at == _lines.Count)
        {
            _draft = shown;
        }

        return _lines[--_at];
    }

    /// <summary>The line after the one shown; at the end what was being typed; null beyond it.</summary>
    public string? Newer()
    {
        if (_at == _lines.Count)
        {
            return null;
        }

        return ++_at == _lines.Count ? _draft : _lines[_at];
    }

    /// <summary>Adds an entered line, unless it repeats the last one or begins with a blank.</summary>
    public void Add(string line)
    {
        if (line.Length > 0 && line[0] != ' ' && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
            if (_lines.Count > Limit)
            {
                _lines.RemoveRange(0, _lines.Count - Limit);
            }

            Save();
        }

        _at = _lines.Count;
        _draft = "";
    }

    private static List<string> Load(string? file)
    {
        try
        {
            return file is not null && File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.Length > 0).TakeLast(Limit)] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void Save()
    {
        if (_file is null || !Directory.Exists(Path.GetDirectoryName(_file)))
        {
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(_file, options);
        foreach (string line in _lines)
        {
            writer.WriteLine(line);
        }
    }
}
