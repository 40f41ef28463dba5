using System.Runtime.InteropServices;

namespace Eco.Runtime.Hocon;

/// <summary>
/// Reads one text into a tree in which substitutions are still open. One pass over the characters, without tokens in between; after an error
/// it goes on at the end of the line, so that one reading finds all errors.
/// </summary>
internal sealed partial class HoconSyntaxParser
{
    private const char End = '\0';
    private const int BufferedFields = 16;

    private readonly HoconSession _session;
    private readonly string _text;
    private readonly string _file;
    private readonly HoconSource _source;
    private readonly string[] _prefix;
    private readonly List<string> _path;

    // The items of the arrays that are open, and buffers for the fields of the objects that are: both get their final size at the end.
    private readonly List<HoconNode> _items = [];
    private readonly Stack<HoconEntry[]> _buffers = new();
    private int _at;
    private int _depth;
    private int _arrays;

    /// <param name="session">Shared with the including and included documents.</param>
    /// <param name="text">The text.</param>
    /// <param name="file">Its name, for positions.</param>
    /// <param name="prefix">The path of the object that the text is included in; empty for the outermost text.</param>
    /// <param name="depth">How many containers the text stands in.</param>
    public HoconSyntaxParser(HoconSession session, string text, string file, string[] prefix, int depth)
    {
        _session = session;
        _text = text;
        _file = file;
        _source = new HoconSource(file, text);
        _prefix = prefix;
        _path = [.. prefix];
        _depth = depth;
    }

    private HoconPlace Here => new(_source, _at);

    private bool AtEnd => _at >= _text.Length;

    /// <summary>The character to read next, or <see cref="End"/>; a NUL in the text is told apart by <see cref="AtEnd"/>.</summary>
    private char Next => _at < _text.Length ? _text[_at] : End;

    /// <summary>Reads the whole text.</summary>
    /// <param name="target">Where the fields of a root object go; null to make a new one.</param>
    public HoconNode ReadDocument(HoconObject? target)
    {
        SkipToContent();
        if (Next == '[' && target is not null)
        {
            _session.Report(Here, "an included document must hold an object, and this one holds an array", "write its fields without brackets");
            return target;
        }

        HoconNode root;
        if (Next == '[')
        {
            root = ReadArray();
        }
        else
        {
            var fields = target ?? new HoconObject(Here);
            root = fields;
            if (Next == '{')
            {
                var open = Here;
                _at++;
                ReadFields(fields, '}', open);
            }
            else
            {
                ReadFields(fields, End, Here);
            }
        }

        SkipToContent();
        if (!AtEnd && !_session.Stopped)
        {
            _session.Report(Here, $"unexpected {HoconCharacters.Show(Next)} after the end of the document", "remove it, or the brackets around the root");
        }

        return root;
    }

    private void ReadFields(HoconObject target, char close, HoconPlace open)
    {
        if (!Enter(open))
        {
            return;
        }

        var buffer = target.Count > 0 ? null : _buffers.TryPop(out var spare) ? spare : new HoconEntry[BufferedFields];
        if (buffer is not null)
        {
            target.Borrow(buffer);
        }

        ReadFieldsUntil(target, close, open);
        if (buffer is not null)
        {
            target.GiveBack(buffer);
            Array.Clear(buffer);
            _buffers.Push(buffer);
        }

        _depth--;
    }

    private void ReadFieldsUntil(HoconObject target, char close, HoconPlace open)
    {
        bool separated = true;
        while (!_session.Stopped)
        {
            separated |= SkipToContent();
            if (AtEnd)
            {
                if (close != End)
                {
                    _session.Report(open, "this '{' is never closed", "add the missing '}'");
                }

                break;
            }

            char c = Next;
            if (c == '}' && close == '}')
            {
                _at++;
                break;
            }

            if (c is '}' or ']')
            {
                _session.Report(Here, $"this {HoconCharacters.Show(c)} closes nothing", close == End ? "remove it, or add the opening bracket" : "a '}' is expected first");
                _at++;
                continue;
            }

            if (c == ',')
            {
                _session.Report(Here, "a comma without a field before it", "remove the comma");
                _at++;
                continue;
            }

            if (!separated)
            {
                _session.Report(Here, $"a comma or a new line is needed before {HoconCharacters.Show(c)}", "one field a line, or commas between");
                Recover();
                separated = true;
                continue;
            }

            if (!ReadField(target))
            {
                Recover();
                separated = true;
                continue;
            }

            separated = ReadSeparator();
        }
    }

    private HoconNode ReadArray()
    {
        var open = Here;
        _at++;
        if (!Enter(open))
        {
            return new HoconArray(open, []);
        }

        int first = _items.Count;

        _arrays++;
        bool separated = true;
        while (!_session.Stopped)
        {
            separated |= SkipToContent();
            if (AtEnd || Next == '}')
            {
                _session.Report(open, "this '[' is never closed", "add the missing ']'");
                break;
            }

            char c = Next;
            if (c == ']')
            {
                _at++;
                break;
            }

            if (c == ',')
            {
                _session.Report(Here, "a comma without a value before it", "remove the comma");
                _at++;
                continue;
            }

            if (!separated)
            {
                _session.Report(Here, $"a comma or a new line is needed before {HoconCharacters.Show(c)}", "quote the text if it belongs to the value");
                Recover();
                separated = true;
                continue;
            }

            if (ReadValue() is not { } item)
            {
                Recover();
                separated = true;
                continue;
            }

            _items.Add(item);
            separated = ReadSeparator();
        }

        _arrays--;
        _depth--;
        var items = CollectionsMarshal.AsSpan(_items)[first..].ToArray();
        CollectionsMarshal.SetCount(_items, first);
        return new HoconArray(open, items);
    }

    /// <summary>Takes the comma or newline after a field or element. A closing bracket needs neither.</summary>
    private bool ReadSeparator()
    {
        bool newline = SkipToContent();
        if (Next == ',' && !AtEnd)
        {
            _at++;
            return true;
        }

        return newline;
    }

    private bool Enter(HoconPlace open)
    {
        if (++_depth <= _session.Limits.MaxDepth)
        {
            return true;
        }

        _session.Stop(open, $"objects and arrays are nested more than {_session.Limits.MaxDepth} deep", "limit max-depth");
        return false;
    }

    /// <summary>Skips white space and comments of any number of lines.</summary>
    /// <returns>Whether a newline was among them.</returns>
    private bool SkipToContent()
    {
        bool newline = false;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '\n')
            {
                newline = true;
                _at++;
            }
            else if (HoconCharacters.IsWhitespace(c))
            {
                _at++;
            }
            else if (AtComment())
            {
                int end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else
            {
                break;
            }
        }

        return newline;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] != '\n' && HoconCharacters.IsWhitespace(_text[_at]))
        {
            _at++;
        }
    }

    private bool AtComment() =>
        _text[_at] == '#' || (_text[_at] == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/');

    /// <summary>
    /// After an error: goes to the end of the line, or to a bracket that closes what was open before. Brackets that the skipped text
    /// opens are skipped with their content, so that one error does not look like many.
    /// </summary>
    private void Recover()
    {
        int opened = 0;
        while (_at < _text.Length)
        {
            switch (_text[_at])
            {
                case '\n' when opened == 0:
                    return;
                case '{' or '[':
                    opened++;
                    break;
                case '}' or ']' when opened == 0:
                    return;
                case '}' or ']':
                    opened--;
                    break;
                case '"':
                    SkipQuotedInLine();
                    continue;
                default:
                    if (AtComment())
                    {
                        int end = _text.IndexOf('\n', _at);
                        _at = end < 0 ? _text.Length : end;
                        continue;
                    }

                    break;
            }

            _at++;
        }
    }

    private void SkipQuotedInLine()
    {
        _at++;
        while (_at < _text.Length && _text[_at] is not ('\n' or '"'))
        {
            _at += _text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] != '\n' ? 2 : 1;
        }

        if (Next == '"')
        {
            _at++;
        }
    }
}
