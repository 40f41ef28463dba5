using System.Text;

namespace Eco.Runtime.Hocon;

/// <content>Paths, substitutions and quoted strings.</content>
internal sealed partial class HoconSyntaxParser
{
    private readonly KeyCache _keys = new();
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

    /// <summary>The most frequent case: one unquoted word, directly followed by a separator.</summary>
    private string? TryReadPlainKey()
    {
        int end = _at;
        while (end < _text.Length && _text[end] is not ('.' or '/') && HoconCharacters.IsUnquoted(_text[end]))
        {
            end++;
        }

        int after = end;
        while (after < _text.Length && _text[after] == ' ')
        {
            after++;
        }

        if (end == _at || after >= _text.Length || _text[after] is not ('=' or ':' or '{' or '}'))
        {
            return null;
        }

        string key = _keys.Get(_text.AsSpan(_at, end - _at));
        _at = end;
        return key;
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
            _session.Report(new HoconPosition(_file, _line, end - _lineStart + 1), "a path has an empty element: a leading, trailing or double dot", "write the empty element as \"\" or remove the dot");
            return false;
        }

        elements.Add(_keys.Get(element.ToString()));
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

        if (ReadPath(inSubstitution: true) is not { } path)
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
            _session.Report(Here, $"'}}' is expected at the end of the substitution that begins in column {at.Column}, not {ShowNext()}", "a substitution is written ${path} on one line");
            return null;
        }

        _at++;
        return new Substitution(at, _prefix.Length == 0 ? path : [.. _prefix, .. path], _prefix.Length, optional, list);
    }

    private string? ReadQuoted()
    {
        var at = Here;
        if (_text.AsSpan(_at).StartsWith("\"\"\""))
        {
            return ReadTripleQuoted(at);
        }

        int start = ++_at;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '"')
            {
                return _text[start.._at++];
            }

            if (c == '\\')
            {
                return ReadEscaped(at, start);
            }

            if (c < ' ')
            {
                break;
            }

            _at++;
        }

        return FailQuoted(at);
    }

    private string? ReadEscaped(HoconPosition at, int start)
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

    private string? FailQuoted(HoconPosition at)
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

    private string? ReadTripleQuoted(HoconPosition at)
    {
        int start = _at + 3;
        int end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            _session.Report(at, "the string that begins with three quotes is never closed", "add the closing \"\"\"");
            _at = _text.Length;
            return null;
        }

        // Quotes beyond three belong to the string.
        while (end + 3 < _text.Length && _text[end + 3] == '"')
        {
            end++;
        }

        for (int i = _text.IndexOf('\n', _at, end - _at); i >= 0; i = _text.IndexOf('\n', i + 1, end - i - 1))
        {
            _line++;
            _lineStart = i + 1;
        }

        _at = end + 3;
        return _text[start..end];
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
