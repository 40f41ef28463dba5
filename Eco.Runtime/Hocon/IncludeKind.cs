namespace Eco.Runtime.Hocon;

/// <summary>The forms of <c>include</c>.</summary>
public enum IncludeKind
{
    /// <summary><c>include "name"</c>: a URL where it is one, otherwise a file beside the including one, otherwise a resource.</summary>
    Heuristic,

    /// <summary><c>include file("name")</c>.</summary>
    File,

    /// <summary><c>include url("name")</c>.</summary>
    Url,

    /// <summary><c>include classpath("name")</c>: a resource, by its path from a resource root.</summary>
    Resource,
}
