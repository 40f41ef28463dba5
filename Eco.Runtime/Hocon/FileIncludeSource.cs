namespace Eco.Runtime.Hocon;

/// <summary>
/// Included documents from the local disk. A relative name starts from the folder of the including file, never from the current folder; what
/// is not found there, and what <c>classpath()</c> names, is looked for in the resource folders.
/// </summary>
/// <param name="resourceFolders">Searched in this order; the first that has the document wins.</param>
public sealed class FileIncludeSource(params IReadOnlyList<string> resourceFolders) : IIncludeSource
{
    // In the order in which they are merged: what comes later wins.
    private static readonly string[] Extensions = [".properties", ".json", ".conf"];

    /// <inheritdoc/>
    public IReadOnlyList<IncludedDocument> Find(IncludeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        string name = request.Name;
        bool url = name.Contains("://", StringComparison.Ordinal) || name.StartsWith("file:", StringComparison.Ordinal);
        if (request.Kind == IncludeKind.Url || (request.Kind == IncludeKind.Heuristic && url))
        {
            return Uri.TryCreate(name, UriKind.Absolute, out var uri) && uri.IsFile
                ? ReadExact(uri.LocalPath, request.MaxBytes)
                : throw new IOException("only file: URLs are read");
        }

        if (request.Kind == IncludeKind.Resource)
        {
            return FromResources(request);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(request.IncludingFile)) ?? Path.DirectorySeparatorChar.ToString();
        var beside = ReadAll(Path.Combine(folder, name), request.MaxBytes);
        return beside.Count > 0 || request.Kind == IncludeKind.File ? beside : FromResources(request);
    }

    private IReadOnlyList<IncludedDocument> FromResources(IncludeRequest request)
    {
        foreach (string folder in resourceFolders)
        {
            var found = ReadAll(Path.Combine(Path.GetFullPath(folder), request.Name.TrimStart('/')), request.MaxBytes);
            if (found.Count > 0)
            {
                return found;
            }
        }

        return [];
    }

    private static List<IncludedDocument> ReadAll(string path, int maxBytes)
    {
        if (Path.HasExtension(path) && File.Exists(path))
        {
            return ReadExact(path, maxBytes);
        }

        return Extensions.Contains(Path.GetExtension(path)) ? [] : [.. Extensions.SelectMany(e => ReadExact(path + e, maxBytes))];
    }

    private static List<IncludedDocument> ReadExact(string path, int maxBytes)
    {
        string full = Path.GetFullPath(path);
        return File.Exists(full)
            ? [new IncludedDocument(full, ReadAtMost(full, maxBytes), full.EndsWith(".properties", StringComparison.Ordinal))]
            : [];
    }

    /// <summary>Reads a file, but no more of it than shows that it is too large.</summary>
    internal static byte[] ReadAtMost(string path, int maxBytes)
    {
        using var stream = File.OpenRead(path);
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while (content.Length <= maxBytes && (read = stream.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
