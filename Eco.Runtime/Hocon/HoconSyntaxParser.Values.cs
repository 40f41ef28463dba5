using System.Runtime.InteropServices;
using System.Text;

namespace Eco.Runtime.Hocon;

/// <content>Fields and values.</content>
internal sealed partial class HoconSyntaxParser
{
    // The pieces of the values that are open.
    private readonly List<Piece> _pieces = [];
    private readonly StringBuilder _joined = new();

    private bool ReadField(HoconObject target)
    {
        var keyAt = Here;
        if (AtInclude())
        {
            return ReadInclude(target);
        }

        string plain = TryReadPlainKey() ?? string.Empty;
        string[]? path = plain.Length > 0 ? null : ReadPath(inSubstitution: false);
        if (plain.Length == 0 && path is null)
        {
            return false;
        }

        var key = path ?? new ReadOnlySpan<string>(ref plain);
        if (_depth + key.Length > _session.Limits.MaxDepth)
        {
            _session.Stop(keyAt, $"the path leads more than {_session.Limits.MaxDepth} objects deep", "limit max-depth");
            return false;
        }

        // The separator may stand on a later line. Where there is none the error belongs to the key's line.
        int at = _at;
        SkipToContent();
        char c = Next;
        bool append = c == '+' && _at + 1 < _text.Length && _text[_at + 1] == '=';
        if (c is not (':' or '=' or '{') && !append)
        {
            _at = at;
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

    private bool ReadFieldValue(HoconObject target, ReadOnlySpan<string> key, HoconPlace keyAt, bool append)
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

    private void MarkIfSelf(Substitution substitution, ReadOnlySpan<string> key)
    {
        var path = substitution.Path;
        substitution.IsSelfReference = _arrays == 0
            && path.Length == _path.Count + key.Length
            && path.AsSpan(_path.Count).SequenceEqual(key)
            && path.AsSpan(0, _path.Count).SequenceEqual(CollectionsMarshal.AsSpan(_path));
    }

    /// <summary>Puts a value at a path below an object; the objects on the way are made where they are missing.</summary>
    private static void Assign(HoconObject target, ReadOnlySpan<string> key, HoconPlace keyAt, HoconNode value)
    {
        while (key.Length > 1 && target.TryGetValue(key[0], out var present) && present is HoconObject inner)
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
            wrapper.Put(new HoconEntry(key[i], value, keyAt));
            value = wrapper;
        }

        LayerMerging.Assign(target, new HoconEntry(key[0], value, keyAt));
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
    private bool ReadPieces(out HoconNode? single, out Piece[]? pieces)
    {
        single = null;
        pieces = null;
        int first = _pieces.Count;
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
                CollectionsMarshal.SetCount(_pieces, first);
                return false;
            }

            if (_pieces.Count == first && single is null)
            {
                single = piece;
                continue;
            }

            if (single is not null)
            {
                _pieces.Add(new Piece(single, null));
                single = null;
            }

            if (blanksEnd > blanks)
            {
                _pieces.Add(new Piece(null, blanksEnd == blanks + 1 && _text[blanks] == ' ' ? " " : _text[blanks..blanksEnd]));
            }

            _pieces.Add(new Piece(piece, null));
        }

        if (single is null && _pieces.Count > first)
        {
            pieces = CollectionsMarshal.AsSpan(_pieces)[first..].ToArray();
            CollectionsMarshal.SetCount(_pieces, first);
            return true;
        }

        if (single is null)
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
                return TryReadQuoted(out int start, out int length, out string? unescaped)
                    ? unescaped is null ? new HoconValue(HoconKind.String, at, start - at.Offset, length) : new HoconValue(HoconKind.String, unescaped, at)
                    : null;
            case '{':
                var value = new HoconObject(Here);
                _at++;
                ReadFields(value, '}', value.Place);
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
            _ => new HoconValue(number && !several ? HoconKind.Number : HoconKind.String, position, 0, text.Length),
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
    private HoconNode[]? Combine(HoconPlace at, Piece[] pieces)
    {
        var parts = CountParts(pieces);
        if (parts.Texts > 0 && parts.Arrays + parts.Objects > 0)
        {
            var wrong = Array.Find(pieces, p => p.Value is HoconArray or HoconObject).Value!;
            _session.Report(wrong.Place, $"{wrong.KindName} and text cannot be concatenated", "separate them with a comma or a new line");
            return null;
        }

        // ${a} within the value of a means what a was before this line, not what stands before it on the line.
        if (parts.Objects > 0 && parts.Arrays == 0 && !parts.LaterSelfReference)
        {
            var layers = new HoconNode[parts.Count];
            int count = 0;
            foreach (var piece in pieces)
            {
                if (piece.Value is Substitution substitution)
                {
                    substitution.RequiresObject = true;
                }

                if (piece.Value is { } layer)
                {
                    layers[count++] = layer;
                }
            }

            return layers;
        }

        if (parts.Texts == parts.Count)
        {
            _joined.Clear();
            foreach (var piece in pieces)
            {
                _joined.Append(piece.Value is HoconValue value ? value.Span : piece.Whitespace);
            }

            return [new HoconValue(HoconKind.String, _joined.ToString(), at)];
        }

        if (parts.Arrays == parts.Count - 1 && pieces[0].Value is Substitution { IsSelfReference: true, IsList: false, PrefixLength: 0 } self)
        {
            return [new Appending(at, ItemsOf(pieces), needsBelow: !self.Optional, self.Path)];
        }

        return [parts.Arrays == parts.Count ? new HoconArray(at, [.. ItemsOf(pieces)]) : new Concatenation(at, pieces)];
    }

    private static (int Count, int Texts, int Arrays, int Objects, bool LaterSelfReference) CountParts(Piece[] pieces)
    {
        var (count, texts, arrays, objects, later) = (0, 0, 0, 0, false);
        foreach (var piece in pieces)
        {
            later |= count > 0 && piece.Value is Substitution { IsSelfReference: true };
            count += piece.Value is null ? 0 : 1;
            texts += piece.Value is HoconValue ? 1 : 0;
            arrays += piece.Value is HoconArray ? 1 : 0;
            objects += piece.Value is HoconObject ? 1 : 0;
        }

        return (count, texts, arrays, objects, later);
    }

    private static List<HoconNode> ItemsOf(Piece[] pieces) => [.. pieces.Select(p => p.Value).OfType<HoconArray>().SelectMany(a => a)];

    private string ShowNext() => AtEnd ? "the end of the text" : HoconCharacters.Show(_text[_at]);
}
