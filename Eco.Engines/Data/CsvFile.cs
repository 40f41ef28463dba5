using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Eco.Engines.Abstractions;

namespace Eco.Engines.Data;

/// <summary>
/// Reads rows of numbers from a CSV file, a line at a time, and knows the byte position after each row, so that reading can go on there.
/// Fields may be quoted (RFC 4180), but not go over a line end. Every error names file, line and column.
/// </summary>
public sealed class CsvFile : IDisposable
{
    private const int MaxLineBytes = 1 << 20;
    private readonly string _path;
    private readonly CsvOptions _options;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly List<byte> _line = [];
    private readonly List<(int Column, string Text)> _fields = [];
    private int _filled;
    private int _taken;
    private ImmutableArray<int> _featureIndexes = [];
    private int _labelIndex = -1;

    /// <summary>Opens a file and resolves its columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="PipelineException">The file cannot be read or has not the columns.</exception>
    public CsvFile(string path, CsvOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _path = path;
        _options = options;
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PipelineException($"the data file '{path}' cannot be read: {error.Message}", error);
        }

        try
        {
            ResolveColumns();
        }
        catch (PipelineException)
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Features of a row.</summary>
    public int Features => _featureIndexes.Length;

    /// <summary>The byte after the last row read (after the header at first).</summary>
    public long Position { get; private set; }

    /// <summary>Lines read, the header included.</summary>
    public long Line { get; private set; }

    /// <summary>Goes to a position that <see cref="Position"/> gave.</summary>
    /// <param name="position">In bytes.</param>
    /// <param name="line">What <see cref="Line"/> was there.</param>
    public void Seek(long position, long line)
    {
        if (position < 0 || position > _file.Length)
        {
            throw new PipelineException($"{_path}: reading is to go on at byte {position}, but the file has {_file.Length}; it was replaced by a shorter one");
        }

        _file.Position = position;
        _filled = _taken = 0;
        Position = position;
        Line = line;
    }

    /// <summary>Whether at least one more line is there. Blank lines at the end count as none.</summary>
    public bool HasMore()
    {
        long position = Position;
        long line = Line;
        bool more = ReadFields();
        Seek(position, line);
        return more;
    }

    /// <summary>The next rows.</summary>
    /// <param name="count">At most so many.</param>
    /// <returns>Null at the end of the file.</returns>
    /// <exception cref="PipelineException">A row is malformed.</exception>
    public RowBatch? Read(int count)
    {
        List<double> values = [];
        List<double> labels = [];
        int rows = 0;
        for (; rows < count && ReadFields(); rows++)
        {
            foreach (int index in _featureIndexes)
            {
                values.Add(Number(index));
            }

            if (_labelIndex >= 0)
            {
                labels.Add(Number(_labelIndex));
            }
        }

        return rows == 0 ? null : new RowBatch(Features, [.. values], _labelIndex >= 0 ? [.. labels] : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ResolveColumns()
    {
        if (!ReadFields())
        {
            throw new PipelineException($"{_path}: the file is empty");
        }

        string[] names = [.. _fields.Select((field, i) => _options.Header ? field.Text : (i + 1).ToString(CultureInfo.InvariantCulture))];
        if (_options.Label is { Length: > 0 } label)
        {
            _labelIndex = Find(names, label);
        }

        _featureIndexes = _options.Features.IsEmpty
            ? [.. Enumerable.Range(0, names.Length).Where(i => i != _labelIndex)]
            : [.. _options.Features.Select(feature => Find(names, feature))];
        if (_featureIndexes.IsEmpty)
        {
            throw new PipelineException($"{_path}: no column is left for features");
        }

        if (!_options.Header)
        {
            Seek(0, 0);
        }
    }

    private int Find(string[] names, string name)
    {
        int index = Array.IndexOf(names, name);
        return index >= 0
            ? index
            : throw new PipelineException($"{_path}:1:1: there is no column '{name}'; the columns are {string.Join(", ", names)} (delimiter '{_options.Delimiter}')");
    }

    private double Number(int index)
    {
        if (index >= _fields.Count)
        {
            throw new PipelineException($"{_path}:{Line}:1: the row has {_fields.Count} fields, column {index + 1} is wanted");
        }

        (int column, string text) = _fields[index];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new PipelineException($"{_path}:{Line}:{column}: '{text}' is no finite number");
    }

    /// <summary>Reads the next line that is not blank into the fields.</summary>
    private bool ReadFields()
    {
        while (ReadLine())
        {
            string line = Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line)).TrimStart('\uFEFF').TrimEnd('\r');
            if (!string.IsNullOrWhiteSpace(line))
            {
                Split(line);
                return true;
            }
        }

        return false;
    }

    private void Split(string line)
    {
        _fields.Clear();
        int start = 0;
        while (true)
        {
            if (start < line.Length && line[start] == '"')
            {
                start = Quoted(line, start);
            }
            else
            {
                int end = line.IndexOf(_options.Delimiter, start);
                _fields.Add((start + 1, (end < 0 ? line[start..] : line[start..end]).Trim()));
                start = end < 0 ? line.Length + 1 : end + 1;
            }

            if (start > line.Length)
            {
                return;
            }
        }
    }

    /// <summary>Reads a quoted field; gives the start of the next one, beyond the line's end if there is none.</summary>
    private int Quoted(string line, int start)
    {
        StringBuilder text = new();
        for (int i = start + 1; i < line.Length; i++)
        {
            if (line[i] != '"')
            {
                text.Append(line[i]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '"')
            {
                text.Append('"');
                i++;
            }
            else if (i + 1 == line.Length || line[i + 1] == _options.Delimiter)
            {
                _fields.Add((start + 1, text.ToString()));
                return i + 2;
            }
            else
            {
                throw new PipelineException($"{_path}:{Line}:{i + 2}: '{_options.Delimiter}' or the line's end is wanted after a closing quote");
            }
        }

        throw new PipelineException($"{_path}:{Line}:{start + 1}: the quote is not closed on its line");
    }

    private bool ReadLine()
    {
        _line.Clear();
        while (true)
        {
            if (_taken == _filled && !Fill())
            {
                Line += _line.Count > 0 ? 1 : 0;
                return _line.Count > 0;
            }

            ReadOnlySpan<byte> rest = _buffer.AsSpan(_taken, _filled - _taken);
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
            if (_line.Count + part.Length > MaxLineBytes)
            {
                throw new PipelineException($"{_path}:{Line + 1}:1: the line is longer than {MaxLineBytes} bytes; is this a CSV file?");
            }

            _line.AddRange(part);
            int consumed = part.Length + (end < 0 ? 0 : 1);
            _taken += consumed;
            Position += consumed;
            if (end >= 0)
            {
                Line++;
                return true;
            }
        }
    }

    private bool Fill()
    {
        try
        {
            _taken = 0;
            _filled = _file.Read(_buffer, 0, _buffer.Length);
            return _filled > 0;
        }
        catch (IOException error)
        {
            throw new PipelineException($"{_path}: reading failed after line {Line}: {error.Message}", error);
        }
    }
}
