using System.Buffers;
using System.Text;

namespace Eco.Runtime.Hocon;

/// <content>Paths, substitutions and quoted strings.</content>
internal sealed partial class HoconSyntaxParser
{
    private static readonly SearchValues<char> QuotedEnds = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (char)c), '"', '\\']);

    private const int LongestKeptReference = 80;

    private readonly KeyCache _keys = new();
    private readonly (int Start, int Length, string[] Path)[] _references = new (int, int, string[])[64];
    private readonly List<string> _elements = [];
    private readonly StringBuilder _element = new();

    /// <summary>Reads a path that is the whole text.</summary>
    public string[]? ReadOnlyPath()
    {
        var path = ReadPath(inSubstitution: false);
        SkipBlanks();
        if (path is not null && !AtEnd)
        {
            _session.Report(Here, $"{HoconCharacters.Show(Next)} cannot stand in a path", "put that element in double quotes");
            return null;
        }

        return path;
    }

    /// <summary>
    /// Reads a path as the specification's "Path expressions" has it: simple values side by side whose unquoted dots separate elements. Stops
    /// before the first character that cannot belong to it.
    /// </summary>
    private string[]? ReadPath(bool inSubstitution)
    {
        SkipBlanks();
        if (TryReadPlainKey() is { } plain)
        {
            return [plain];
        }

        var start = Here;
        var elements = _elements;
        var element = _element;
        elements.Clear();
        element.Clear();
        bool quoted = false;
        bool any = false;
        while (true)
        {
            int blanks = _at;
            SkipBlanks();
            if (AtEnd || _text[_at] == '\n')
            {
                _at = blanks;
                break;
            }

            char c = _text[_at];
            bool content = c == '"' || (HoconCharacters.IsUnquoted(c) && !AtComment());
            if (!content)
            {
                if (c is '$' or '[' or '+' && !EndsPath(c, inSubstitution))
                {
                    _session.Report(
                        Here,
                        c == '$' ? "substitutions are not allowed in keys or in other substitutions" : $"{HoconCharacters.Show(c)} cannot stand in a path",
                        "put the element in double quotes if the character is meant");
                    return null;
                }

                break;
            }

            if (any)
            {
                element.Append(_text, blanks, _at - blanks);
            }

            any = true;
            if (c == '"')
            {
                if (ReadQuoted() is not { } text)
                {
                    return null;
                }

                element.Append(text);
                quoted = true;
            }
            else if (!ReadUnquotedElements(elements, element, ref quoted))
            {
                return null;
            }
        }

        if (!any)
        {
            _session.Report(start, inSubstitution ? "the path of the substitution is missing" : $"a key is expected, not {ShowNext()}", inSubstitution ? "write ${path.to.value}" : "put it in double quotes if the character belongs to a key");
            return null;
        }

        return AddElement(elements, element, ref quoted, _at) ? [.. elements] : null;
    }

    private bool EndsPath(char c, bool inSubstitution) => c switch
    {
        '+' => !inSubstitution && _at + 1 < _text.Length && _text[_at + 1] == '=',
        '[' => inSubstitution && _at + 1 < _text.Length && _text[_at + 1] == ']',
        _ => false,
    };

    /// <summary>The most frequent case: one word, unquoted or in quotes without escapes, directly followed by a separator.</summary>
    private string? TryReadPlainKey()
    {
        int start = _at;
        int end = start;
        if (Next == '"')
        {
            start++;
            int length = _text.AsSpan(start).IndexOfAny(QuotedEnds);
            end = start + Math.Max(length, 0);
            if (end == start || _text[end] != '"')
            {
                return null;
            }
        }
        else
        {
            while (end < _text.Length && _text[end] is not ('.' or '/') && HoconCharacters.IsUnquoted(_text[end]))
            {
                end++;
            }
        }

        int after = start > _at ? end + 1 : end;
        int next = after;
        while (next < _text.Length && _text[next] == ' ')
        {
            next++;
        }

        if (end == start || next >= _text.Length || _text[next] is not ('=' or ':' or '{' or '}'))
        {
            return null;
        }

        _at = after;
        return _keys.Get(_text.AsSpan(start, end - start));
    }

    private bool ReadUnquotedElements(List<string> elements, StringBuilder element, ref bool quoted)
    {
        int from = _at;
        if (!ReadWord(out _))
        {
            return false;
        }

        int end = _at;
        for (int i = from; i < end; i++)
        {
            if (_text[i] != '.')
            {
                continue;
            }

            if (element.Length == 0 && i > from)
            {
                elements.Add(_keys.Get(_text.AsSpan(from, i - from)));
                quoted = false;
                from = i + 1;
                continue;
            }

            element.Append(_text, from, i - from);
            from = i + 1;
            if (!AddElement(elements, element, ref quoted, i))
            {
                return false;
            }
        }

        element.Append(_text, from, end - from);
        return true;
    }

    private bool AddElement(List<string> elements, StringBuilder element, ref bool quoted, int end)
    {
        if (element.Length == 0 && !quoted)
        {
            _session.Report(new HoconPlace(_source, end), "a path has an empty element: a leading, trailing or double dot", "write the empty element as \"\" or remove the dot");
            return false;
        }

        var chunks = element.GetChunks().GetEnumerator();
        bool one = chunks.MoveNext() && chunks.Current.Length == element.Length;
        elements.Add(_keys.Get(one ? chunks.Current.Span : element.ToString()));
        element.Clear();
        quoted = false;
        return true;
    }

    private Substitution? ReadSubstitution()
    {
        var at = Here;
        if (_at + 1 >= _text.Length || _text[_at + 1] != '{')
        {
            _session.Report(at, "'$' is only allowed as the start of a substitution", "write ${path}, or put the text in double quotes");
            return null;
        }

        _at += 2;
        bool optional = Next == '?';
        if (optional)
        {
            _at++;
        }

        if (ReadReference() is not { } path)
        {
            return null;
        }

        SkipBlanks();
        bool list = _text.AsSpan(_at).StartsWith("[]");
        if (list)
        {
            _at += 2;
            SkipBlanks();
        }

        if (Next != '}')
        {
            _session.Report(Here, $"'}}' is expected at the end of the substitution that begins in column {at.Position.Column}, not {ShowNext()}", "a substitution is written ${path} on one line");
            return null;
        }

        _at++;
        return new Substitution(at, path, _prefix.Length, optional, list);
    }

    /// <summary>Reads the path of a substitution, from the root of the whole document. The same few stand in a document again and again.</summary>
    private string[]? ReadReference()
    {
        int start = _at;
        int length = _text.AsSpan(start, Math.Min(LongestKeptReference, _text.Length - start)).IndexOf('}');
        var written = _text.AsSpan(start, Math.Max(length, 0));
        ref var slot = ref _references[string.GetHashCode(written) & (_references.Length - 1)];
        if (length > 0 && slot.Path is not null && written.SequenceEqual(_text.AsSpan(slot.Start, slot.Length)))
        {
            _at += length;
            return slot.Path;
        }

        if (ReadPath(inSubstitution: true) is not { } path)
        {
            return null;
        }

        path = _prefix.Length == 0 ? path : [.. _prefix, .. path];
        if (_at - start == length)
        {
            slot = (start, length, path);
        }

        return path;
    }

    private string? ReadQuoted() =>
        TryReadQuoted(out int start, out int length, out string? unescaped) ? unescaped ?? _text.Substring(start, length) : null;

    /// <summary>Reads a quoted string: a slice of the text, or a text of its own where it holds escapes.</summary>
    private bool TryReadQuoted(out int start, out int length, out string? unescaped)
    {
        var at = Here;
        start = _at + 1;
        length = 0;
        unescaped = null;
        if (_text.AsSpan(_at).StartsWith("\"\"\""))
        {
            start = _at + 3;
            return TrySkipTripleQuoted(at, out length);
        }

        int end = _text.AsSpan(start).IndexOfAny(QuotedEnds);
        _at = end < 0 ? _text.Length : start + end;
        if (Next == '"')
        {
            length = _at++ - start;
            return true;
        }

        unescaped = Next == '\\' ? ReadEscaped(at, start) : FailQuoted(at);
        return unescaped is not null;
    }

    private string? ReadEscaped(HoconPlace at, int start)
    {
        var text = new StringBuilder();
        int copied = start;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '"')
            {
                text.Append(_text, copied, _at - copied);
                _at++;
                return text.ToString();
            }

            if (c < ' ')
            {
                break;
            }

            if (c != '\\')
            {
                _at++;
                continue;
            }

            text.Append(_text, copied, _at - copied);
            if (!TryReadEscape(out char escaped))
            {
                return null;
            }

            text.Append(escaped);
            copied = _at;
        }

        return FailQuoted(at);
    }

    private bool TryReadEscape(out char value)
    {
        char c = _at + 1 < _text.Length ? _text[_at + 1] : End;
        value = c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', '"' or '\\' or '/' => c, _ => End };
        if (value != End)
        {
            _at += 2;
            return true;
        }

        int code = 0;
        bool hex = c == 'u' && _at + 6 <= _text.Length;
        for (int i = 2; hex && i < 6; i++)
        {
            hex = char.IsAsciiHexDigit(_text[_at + i]);
            code = (code << 4) | (hex ? Convert.ToInt32(_text.Substring(_at + i, 1), 16) : 0);
        }

        if (!hex)
        {
            _session.Report(Here, "unknown escape in a quoted string", "known are \\n \\t \\r \\b \\f \\\" \\\\ \\/ and \\u with four hexadecimal digits");
            return false;
        }

        value = (char)code;
        _at += 6;
        return true;
    }

    private string? FailQuoted(HoconPlace at)
    {
        if (AtEnd || _text[_at] == '\n')
        {
            _session.Report(at, "the quoted string is not closed on its line", "add the closing quote; text of several lines goes between \"\"\" and \"\"\"");
        }
        else
        {
            _session.Report(Here, $"the control character {HoconCharacters.Show(_text[_at])} cannot stand in a quoted string", "write it as an escape such as \\t or \\u0001");
        }

        return null;
    }

    private bool TrySkipTripleQuoted(HoconPlace at, out int length)
    {
        int start = _at + 3;
        int end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        length = 0;
        if (end < 0)
        {
            _session.Report(at, "the string that begins with three quotes is never closed", "add the closing \"\"\"");
            _at = _text.Length;
            return false;
        }

        // Quotes beyond three belong to the string.
        while (end + 3 < _text.Length && _text[end + 3] == '"')
        {
            end++;
        }

        _at = end + 3;
        length = end - start;
        return true;
    }

    /// <summary>The same few names stand in a document again and again; one string for each is enough.</summary>
    private sealed class KeyCache
    {
        private const int Slots = 256;

        private readonly string?[] _slots = new string?[Slots];

        public string Get(ReadOnlySpan<char> key)
        {
            ref string? slot = ref _slots[string.GetHashCode(key) & (Slots - 1)];
            if (slot is null || !key.SequenceEqual(slot))
            {
                slot = key.ToString();
            }

            return slot;
        }
    }
}
