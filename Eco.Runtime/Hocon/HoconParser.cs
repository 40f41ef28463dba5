namespace Eco.Runtime.Hocon;

/// <summary>
/// Reads HOCON (Human-Optimized Config Object Notation), by the specification at github.com/lightbend/config. All errors of a text are found in
/// one reading; docs/hocon.md says what is supported.
/// </summary>
public static class HoconParser
{
    /// <summary>Reads a text whose root is an object.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Its name in positions, and the base of the names that it includes.</param>
    /// <param name="options">What it may draw on; null for <see cref="HoconOptions.Default"/>.</param>
    /// <exception cref="HoconException">Something is wrong; all of it.</exception>
    public static HoconObject Parse(string text, string name = "text", HoconOptions? options = null) =>
        RequireObject(TryParse(text, name, options), name);

    /// <summary>Reads a file whose root is an object. A name that ends in <c>.json</c> or <c>.properties</c> says that it is such a file.</summary>
    /// <param name="path">The file. What it includes is looked for beside it unless the options say otherwise.</param>
    /// <param name="options">What it may draw on; null for <see cref="HoconOptions.Default"/>.</param>
    /// <exception cref="HoconException">Something is wrong with the content; all of it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HoconObject ParseFile(string path, HoconOptions? options = null) => RequireObject(TryParseFile(path, options), path);

    /// <summary>Reads a file. Only what is wrong with its content is in the result.</summary>
    /// <inheritdoc cref="ParseFile"/>
    public static HoconParseResult TryParseFile(string path, HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= HoconOptions.Default;
        string full = Path.GetFullPath(path);
        var content = FileIncludeSource.ReadAtMost(full, options.Limits.MaxBytes);
        options = options.Includes is null ? options with { Includes = new FileIncludeSource(Path.GetDirectoryName(full) ?? ".") } : options;
        return TryParseNamed(content, path, full, options);
    }

    /// <summary>Reads a text; its root may be an object or an array.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Its name in positions, and the base of the names that it includes.</param>
    /// <param name="options">What it may draw on; null for <see cref="HoconOptions.Default"/>.</param>
    public static HoconParseResult TryParse(string text, string name = "text", HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var session = new HoconSession(options ?? HoconOptions.Default);
        return session.TryAddBytes(text.Length, new HoconPosition(name, 1, 1)) ? Read(text, name, name, session) : Failed(session);
    }

    /// <summary>Reads UTF-8; the root may be an object or an array.</summary>
    /// <inheritdoc cref="TryParse(string, string, HoconOptions?)"/>
    public static HoconParseResult TryParse(ReadOnlySpan<byte> text, string name = "text", HoconOptions? options = null) =>
        TryParse(text, name, name, options ?? HoconOptions.Default);

    private static HoconParseResult TryParse(ReadOnlySpan<byte> text, string name, string identity, HoconOptions options)
    {
        var session = new HoconSession(options);
        return session.TryAddBytes(text.Length, new HoconPosition(name, 1, 1)) && Utf8Text.Decode(text, name, session) is { } decoded
            ? Read(decoded, name, identity, session)
            : Failed(session);
    }

    /// <summary>Reads a file's content as its name says: JSON, Java properties or HOCON.</summary>
    private static HoconParseResult TryParseNamed(ReadOnlySpan<byte> content, string path, string identity, HoconOptions options)
    {
        var session = new HoconSession(options);
        var start = new HoconPosition(path, 1, 1);
        if (path.EndsWith(".json", StringComparison.Ordinal) && session.TryAddBytes(content.Length, start) && !StrictJson.Check(content, path, session))
        {
            return Failed(session);
        }

        if (!path.EndsWith(".properties", StringComparison.Ordinal))
        {
            return TryParse(content, path, identity, options);
        }

        var root = session.TryAddBytes(content.Length, start) && Utf8Text.Decode(content, path, session) is { } text ? JavaProperties.Read(text, path, session) : null;
        return session.Diagnostics.Count > 0 ? Failed(session) : new HoconParseResult(root, []);
    }

    private static HoconParseResult Read(string text, string name, string identity, HoconSession session)
    {
        session.Open.Add(identity);
        var root = new HoconSyntaxParser(session, text, name, [], 0).ReadDocument(target: null);

        // A text with syntax errors lacks what stood on the wrong lines; complaints about that would only confuse.
        if (session.Diagnostics.Count > 0)
        {
            return Failed(session);
        }

        var resolved = new HoconResolver(session, root as HoconObject ?? new HoconObject(root.Place)).ResolveAll(root);
        return session.Diagnostics.Count > 0 ? Failed(session) : new HoconParseResult(resolved, []);
    }

    private static HoconParseResult Failed(HoconSession session) =>
        new(null, [.. session.Diagnostics.OrderBy(d => d.Position.File == session.Diagnostics[0].Position.File ? 0 : 1).ThenBy(d => d.Position.File, StringComparer.Ordinal).ThenBy(d => d.Position.Line).ThenBy(d => d.Position.Column)]);

    private static HoconObject RequireObject(HoconParseResult result, string name) => result.Root switch
    {
        HoconObject root => root,
        null => throw new HoconException(result.Diagnostics),
        _ => throw new HoconException(new HoconPosition(name, 1, 1), "the document holds an array, not an object", "write fields: key = value"),
    };
}
