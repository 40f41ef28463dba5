using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online.Sources;

/// <summary><c>source.csv</c>: rows of one file after another. Its state is the file, the byte and the line that come next.</summary>
internal sealed class CsvSource : SourceComponent
{
    public static readonly ComponentType Type = new(
        new ComponentDescriptor(
            "source.csv",
            [],
            [Describe.RowsOut],
            [
                Describe.Texts("paths", null, true, "Files to read one after the other, relative to the agent's data folder; label:NAME for one that a label names"),
                Describe.Text("delimiter", ",", "The character between fields, or tab"),
                Describe.Flag("header", true, "Whether the first line names the columns; otherwise they are numbers from 1"),
                Describe.Texts("features", "[]", false, "Feature columns; none for all but the label"),
                Describe.Text("label", "", "The label column; empty for none"),
                Describe.Integer("batch", 100, 1, 1_000_000, "Rows in a batch"),
            ],
            "Numeric rows of CSV files; an error names file, line and column"),
        setup => new CsvSource(setup));

    private readonly ImmutableArray<string> _paths;
    private readonly CsvOptions _options;
    private readonly int _batch;
    private CsvFile? _open;
    private int _file;

    private CsvSource(ComponentSetup setup)
        : base(setup)
    {
        string delimiter = setup.Text("delimiter");
        string label = setup.Text("label");
        _paths = [.. setup.Texts("paths").Select(path => Path.Combine(setup.Context.DataRoot, path))];
        _batch = setup.Int("batch");
        _options = new CsvOptions
        {
            Delimiter = delimiter == "tab" ? '\t' : delimiter.Length == 1 && delimiter != "\"" ? delimiter[0] : throw setup.Wrong("delimiter", delimiter, "one character, or tab,"),
            Header = setup.Flag("header"),
            Features = setup.Texts("features"),
            Label = label.Length > 0 ? label : null,
        };
        CheckFiles(setup);
        Open();
    }

    public override bool IsExhausted => _open is null;

    public override void Save(StateWriter writer)
    {
        writer.Int32(_file);
        writer.Int64(_open?.Position ?? 0);
        writer.Int64(_open?.Line ?? 0);
    }

    public override void Load(ref StateReader reader)
    {
        int file = reader.Int32();
        long position = reader.Int64();
        long line = reader.Int64();
        if (file < 0 || file > _paths.Length)
        {
            throw reader.Damaged($"file number {file}");
        }

        _open?.Dispose();
        _open = null;
        _file = file;
        if (file < _paths.Length)
        {
            _open = new CsvFile(_paths[file], _options);
            _open.Seek(position, line);
        }
    }

    public override void Dispose() => _open?.Dispose();

    protected override RowBatch? Next()
    {
        RowBatch? rows = _open!.Read(_batch);
        if (!_open.HasMore())
        {
            _open.Dispose();
            _open = null;
            _file++;
            Open();
        }

        return rows;
    }

    /// <summary>Opens the present file, or the first one after it that has rows.</summary>
    private void Open()
    {
        for (; _file < _paths.Length; _file++)
        {
            _open = new CsvFile(_paths[_file], _options);
            if (_open.HasMore())
            {
                return;
            }

            _open.Dispose();
            _open = null;
        }
    }

    /// <summary>A missing file is to stop the pipeline before its first step, not after the files before it.</summary>
    private void CheckFiles(ComponentSetup setup)
    {
        if (_paths.IsEmpty)
        {
            throw setup.Wrong("paths", "[]", "at least one file");
        }

        int? features = null;
        foreach (string path in _paths)
        {
            using CsvFile file = new(path, _options);
            features ??= file.Features;
            if (file.Features != features)
            {
                throw new PipelineException($"component '{setup.Name}': '{path}' has {file.Features} feature columns, the files before it {features}");
            }
        }
    }
}
