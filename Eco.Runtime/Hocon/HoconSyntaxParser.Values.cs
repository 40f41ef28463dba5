using System.Text;

namespace Eco.Runtime.Hocon;

/// <content>Fields and values.</content>
internal sealed partial class HoconSyntaxParser
{
    private bool ReadField(HoconObject target)
    {
        var keyAt = Here;
        if (AtInclude())
        {
            return ReadInclude(target);
        }

        if (ReadPath(inSubstitution: false) is not { } key)
        {
            return false;
        }

        if (_depth + key.Length > _session.Limits.MaxDepth)
        {
            _session.Stop(keyAt, $"the path leads more than {_session.Limits.MaxDepth} objects deep", "limit max-depth");
            return false;
        }

        // The separator may stand on a later line. Where there is none the error belongs to the key's line.
        var (at, line, lineStart) = (_at, _line, _lineStart);
        SkipToContent();
        char c = Next;
        bool append = c == '+' && _at + 1 < _text.Length && _text[_at + 1] == '=';
        if (c is not (':' or '=' or '{') && !append)
        {
            (_at, _line, _lineStart) = (at, line, lineStart);
            _session.Report(Here, $"'=', ':', '+=' or '{{' is expected after the key '{HoconPath.Render(key)}', not {ShowNext()}", "a field is written key = value");
            return false;
        }

        if (c != '{')
        {
            _at += append ? 2 : 1;
            var separatorAt = Here;
            SkipToContent();
            if (AtEnd || Next is '}' or ']' or ',')
            {
                _session.Report(separatorAt, $"the key '{HoconPath.Render(key)}' has no value", "write \"\" for an empty text, null for none");
                return !AtEnd && Next is not ']';
            }
        }

        return ReadFieldValue(target, key, keyAt, append);
    }

    private bool ReadFieldValue(HoconObject target, string[] key, HoconPosition keyAt, bool append)
    {
        var valueAt = Here;
        _path.AddRange(key);
        bool read = ReadPieces(out var single, out var pieces);
        _path.RemoveRange(_path.Count - key.Length, key.Length);
        if (!read)
        {
            return false;
        }

        if (append)
        {
            var item = single ?? (Combine(valueAt, pieces!) is { } layers ? layers.Aggregate(LayerMerging.Layer) : null);
            if (item is null)
            {
                return true;
            }

            // a += x is a = ${?a} [x]: the substitution could find the name outside of an including object, or in the environment.
            bool elsewhere = _arrays == 0 && (_prefix.Length > 0 || _session.Options.Environment.Count > 0);
            string[]? fallback = elsewhere ? [.. _path.Skip(_prefix.Length), .. key] : null;
            Assign(target, key, keyAt, new Appending(valueAt, [item], needsBelow: false, fallback));
            return true;
        }

        if (single is not null)
        {
            if (single is Substitution substitution)
            {
                MarkIfSelf(substitution, key);
            }

            Assign(target, key, keyAt, single);
            return true;
        }

        foreach (var piece in pieces!)
        {
            if (piece.Value is Substitution substitution)
            {
                MarkIfSelf(substitution, key);
            }
        }

        // The error of a wrong concatenation is reported; the line itself is read to its end.
        foreach (var layer in Combine(valueAt, pieces) ?? [])
        {
            Assign(target, key, keyAt, layer);
        }

        return true;
    }

    private void MarkIfSelf(Substitution substitution, string[] key)
    {
        var path = substitution.Path;
        substitution.IsSelfReference = _arrays == 0
            && path.Length == _path.Count + key.Length
            && path.AsSpan(_path.Count).SequenceEqual(key)
            && path.AsSpan(0, _path.Count).SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_path));
    }

    /// <summary>Puts a value at a path below an object; the objects on the way are made where they are missing.</summary>
    private static void Assign(HoconObject target, ReadOnlySpan<string> key, HoconPosition keyAt, HoconNode value)
    {
        while (key.Length > 1 && target.TryGetField(key[0], out var field) && field.Value is HoconObject inner)
        {
            if (!value.IsResolved)
            {
                target.MarkUnresolved();
            }

            target = inner;
            key = key[1..];
        }

        for (int i = key.Length - 1; i > 0; i--)
        {
            var wrapper = new HoconObject(keyAt);
            wrapper.Put(new HoconField(key[i], value, keyAt));
            value = wrapper;
        }

        LayerMerging.Assign(target, new HoconField(key[0], value, keyAt));
    }

    /// <summary>Reads an array's element.</summary>
    private HoconNode? ReadValue()
    {
        var at = Here;
        if (!ReadPieces(out var single, out var pieces))
        {
            return null;
        }

        return single ?? Combine(at, pieces!)?.Aggregate(LayerMerging.Layer) ?? new HoconValue(HoconKind.Null, "null", at);
    }

    /// <summary>Reads the values that stand side by side until the line, the field or the element ends.</summary>
    private bool ReadPieces(out HoconNode? single, out List<Piece>? pieces)
    {
        single = null;
        pieces = null;
        while (true)
        {
            int blanks = _at;
            SkipBlanks();
            if (AtEnd || _text[_at] is '\n' or ',' or '}' or ']' || AtComment())
            {
                break;
            }

            int blanksEnd = _at;
            if (ReadPiece() is not { } piece || _session.Stopped)
            {
                return false;
            }

            if (pieces is null && single is null)
            {
                single = piece;
                continue;
            }

            pieces ??= [new Piece(single, null)];
            single = null;
            if (blanksEnd > blanks)
            {
                pieces.Add(new Piece(null, _text[blanks..blanksEnd]));
            }

            pieces.Add(new Piece(piece, null));
        }

        if (single is null && pieces is null)
        {
            _session.Report(Here, $"a value is expected, not {ShowNext()}", "write \"\" for an empty text, null for none");
            return false;
        }

        return true;
    }

    private HoconNode? ReadPiece()
    {
        char c = _text[_at];
        switch (c)
        {
            case '"':
                var at = Here;
                return ReadQuoted() is { } quoted ? new HoconValue(HoconKind.String, quoted, at) : null;
            case '{':
                var value = new HoconObject(Here);
                _at++;
                ReadFields(value, '}', value.Position);
                return value;
            case '[':
                return ReadArray();
            case '$':
                return ReadSubstitution();
            default:
                if (HoconCharacters.IsUnquoted(c))
                {
                    return ReadUnquoted();
                }

                _session.Report(
                    Here,
                    $"{HoconCharacters.Show(c)} cannot stand in an unquoted value",
                    c is ':' or '=' ? "put the text in double quotes, or start the next field on a new line" : "put the text in double quotes");
                return null;
        }
    }

    /// <summary>Reads unquoted words; several on a line are one text, white space between them included.</summary>
    private HoconValue? ReadUnquoted()
    {
        var position = Here;
        int start = _at;
        if (!ReadWord(out bool number))
        {
            return null;
        }

        int end = _at;
        bool several = false;
        while (true)
        {
            SkipBlanks();
            if (AtEnd || !HoconCharacters.IsUnquoted(_text[_at]) || AtComment())
            {
                break;
            }

            several = true;
            if (!ReadWord(out _))
            {
                return null;
            }

            end = _at;
        }

        _at = end;
        var text = _text.AsSpan(start, end - start);
        return text switch
        {
            "true" => new HoconValue(HoconKind.Boolean, "true", position),
            "false" => new HoconValue(HoconKind.Boolean, "false", position),
            "null" => new HoconValue(HoconKind.Null, "null", position),
            _ => new HoconValue(number && !several ? HoconKind.Number : HoconKind.String, text.ToString(), position),
        };
    }

    /// <summary>
    /// Reads what stands without a blank in between: a number, true, false, null or other text, and what follows them directly. Whatever
    /// begins like a number must be one before it may hold a '+'.
    /// </summary>
    private bool ReadWord(out bool number)
    {
        number = false;
        int start = _at;
        while (_at < _text.Length && HoconCharacters.IsUnquoted(_text[_at]) && !AtComment())
        {
            if (!HoconCharacters.IsNumberStart(_text[_at]))
            {
                if (!SkipLiteral())
                {
                    SkipUnquoted();
                    break;
                }

                continue;
            }

            int from = _at;
            while (_at < _text.Length && HoconCharacters.IsNumberPart(_text[_at]))
            {
                _at++;
            }

            var candidate = _text.AsSpan(from, _at - from);
            number = from == start && HoconCharacters.IsNumber(candidate);
            if (!number && candidate.Contains('+') && !HoconCharacters.IsNumber(candidate))
            {
                string shown = HoconConversions.Shorten(candidate.ToString());
                _at = from;
                _session.Report(Here, $"'{shown}' is not a number, and '+' cannot stand in unquoted text", "put the text in double quotes");
                return false;
            }

            int end = _at;
            SkipUnquoted();
            number &= _at == end;
            break;
        }

        return true;
    }

    private bool SkipLiteral()
    {
        int length = _text[_at] switch
        {
            't' when _text.AsSpan(_at).StartsWith("true") => 4,
            'n' when _text.AsSpan(_at).StartsWith("null") => 4,
            'f' when _text.AsSpan(_at).StartsWith("false") => 5,
            _ => 0,
        };
        _at += length;
        return length > 0;
    }

    private void SkipUnquoted()
    {
        while (_at < _text.Length && HoconCharacters.IsUnquoted(_text[_at]) && !(_text[_at] == '/' && AtComment()))
        {
            _at++;
        }
    }

    /// <summary>What values side by side mean: one value, or several layers where objects are merged. Null after an error.</summary>
    private List<HoconNode>? Combine(HoconPosition at, List<Piece> pieces)
    {
        var values = pieces.Where(p => p.Value is not null).Select(p => p.Value!).ToList();
        bool text = values.Exists(v => v is HoconValue);
        bool arrays = values.Exists(v => v is HoconArray);
        bool objects = values.Exists(v => v is HoconObject);
        if (text && (arrays || objects))
        {
            var wrong = values.First(v => v is HoconArray or HoconObject);
            _session.Report(wrong.Position, $"{wrong.KindName} and text cannot be concatenated", "separate them with a comma or a new line");
            return null;
        }

        // ${a} within the value of a means what a was before this line, not what stands before it on the line.
        if (objects && !arrays && !values.Skip(1).Any(v => v is Substitution { IsSelfReference: true }))
        {
            values.OfType<Substitution>().ToList().ForEach(s => s.RequiresObject = true);
            return values;
        }

        if (values.TrueForAll(v => v is HoconValue))
        {
            var joined = new StringBuilder();
            pieces.ForEach(p => joined.Append(p.Whitespace ?? ((HoconValue)p.Value!).Text));
            return [new HoconValue(HoconKind.String, joined.ToString(), at)];
        }

        if (arrays && values.Skip(1).All(v => v is HoconArray))
        {
            if (values[0] is Substitution { IsSelfReference: true, IsList: false, PrefixLength: 0 } self)
            {
                return [new Appending(at, [.. values.Skip(1).Cast<HoconArray>().SelectMany(a => a)], needsBelow: !self.Optional, self.Path)];
            }

            if (values[0] is HoconArray)
            {
                return [new HoconArray(at, [.. values.Cast<HoconArray>().SelectMany(a => a)])];
            }
        }

        return [new Concatenation(at, pieces)];
    }

    private string ShowNext() => AtEnd ? "the end of the text" : HoconCharacters.Show(_text[_at]);
}
