namespace Eco.Runtime.Hocon;

/// <content>Include statements.</content>
internal sealed partial class HoconSyntaxParser
{
    private const string Keyword = "include";

    private bool AtInclude()
    {
        if (!_text.AsSpan(_at).StartsWith(Keyword))
        {
            return false;
        }

        int after = _at + Keyword.Length;
        return after >= _text.Length || !HoconCharacters.IsUnquoted(_text[after]) || _text.AsSpan(after).StartsWith("//");
    }

    private bool ReadInclude(HoconObject target)
    {
        var at = Here;
        _at += Keyword.Length;
        SkipToContent();
        var kind = IncludeKind.Heuristic;
        bool required = false;
        int parentheses = 0;
        while (!AtEnd && Next != '"')
        {
            if (!ReadIncludeWord(ref required, ref kind))
            {
                _session.Report(at, "'include' needs the name of a document", "write include \"name\", include file(\"name\") or include required(\"name\"); quote the word to use it as a key");
                return false;
            }

            parentheses++;
            SkipToContent();
        }

        if (AtEnd)
        {
            _session.Report(at, "'include' needs the name of a document", "write include \"name\"");
            return false;
        }

        if (ReadQuoted() is not { } name)
        {
            return false;
        }

        for (; parentheses > 0; parentheses--)
        {
            SkipToContent();
            if (Next != ')')
            {
                _session.Report(Here, $"')' is expected after the name, not {ShowNext()}", "the name is one quoted string");
                return false;
            }

            _at++;
        }

        Include(target, at, kind, name, required);
        return true;
    }

    private bool ReadIncludeWord(ref bool required, ref IncludeKind kind)
    {
        int open = _text.IndexOf('(', _at);
        switch (open < 0 ? default : _text.AsSpan(_at, open - _at))
        {
            case "required" when !required && kind == IncludeKind.Heuristic:
                required = true;
                break;
            case "file" when kind == IncludeKind.Heuristic:
                kind = IncludeKind.File;
                break;
            case "url" when kind == IncludeKind.Heuristic:
                kind = IncludeKind.Url;
                break;
            case "classpath" when kind == IncludeKind.Heuristic:
                kind = IncludeKind.Resource;
                break;
            default:
                return false;
        }

        _at = open + 1;
        return true;
    }

    private void Include(HoconObject target, HoconPlace at, IncludeKind kind, string name, bool required)
    {
        if (_session.Options.Includes is not { } source)
        {
            _session.Report(at, $"'{name}' cannot be included: this text is read without a source of further documents", "put its content here");
            return;
        }

        IReadOnlyList<IncludedDocument> found;
        try
        {
            found = source.Find(new IncludeRequest(kind, name, _file, _session.Limits.MaxBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            _session.Report(at, $"'{name}' cannot be included: {e.Message}", null);
            return;
        }

        if (found.Count == 0 && required)
        {
            _session.Report(at, $"the required document '{name}' does not exist", "correct the name; it is looked up beside the including file");
        }

        foreach (var document in found)
        {
            if (_session.Open.Contains(document.Name))
            {
                _session.Report(at, $"include cycle: {string.Join(" -> ", _session.Open.SkipWhile(d => d != document.Name))} -> {document.Name}", "remove one of these includes");
                continue;
            }

            if (!_session.TryAddInclude(at) || !_session.TryAddBytes(document.Content.Length, at))
            {
                return;
            }

            _session.Open.Add(document.Name);
            ReadIncluded(target, document, at);
            _session.Open.RemoveAt(_session.Open.Count - 1);
        }
    }

    private void ReadIncluded(HoconObject target, IncludedDocument document, HoconPlace at)
    {
        if (Utf8Text.Decode(document.Content.Span, document.Name, _session) is not { } text)
        {
            return;
        }

        if (document.Name.EndsWith(".json", StringComparison.Ordinal) && !StrictJson.Check(document.Content.Span, document.Name, _session))
        {
            return;
        }

        if (document.IsProperties)
        {
            LayerMerging.MergeInto(target, JavaProperties.Read(text, document.Name, _session));
            return;
        }

        var inner = new HoconSyntaxParser(_session, text, document.Name, [.. _path], _depth - 1) { _arrays = _arrays };
        if (_arrays == 0)
        {
            inner.ReadDocument(target);
            return;
        }

        // No path leads into an array, so nothing could say which place a substitution of the included text means.
        var fields = new HoconObject(at);
        inner.ReadDocument(fields);
        if (!fields.IsResolved)
        {
            _session.Report(at, $"'{document.Name}' holds substitutions and cannot be included within an array", "move the include statement out of the array, or the substitutions out of that document");
            return;
        }

        LayerMerging.MergeInto(target, fields);
    }
}
