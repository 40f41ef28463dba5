namespace Eco.Runtime.Hocon;

/// <summary>The types of values that a document can hold; those of JSON.</summary>
public enum HoconKind
{
    /// <summary>Explicitly <c>null</c>.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A number in JSON's format, kept as it was written.</summary>
    Number,

    /// <summary>Text.</summary>
    String,

    /// <summary>A list of values.</summary>
    Array,

    /// <summary>Named values.</summary>
    Object,
}
