namespace Eco.Host.Output;

/// <summary>How a command prints its data.</summary>
public enum OutputFormat
{
    /// <summary>For people: tables on a terminal, plain lines otherwise.</summary>
    Text,

    /// <summary>One JSON document on standard output.</summary>
    Json,
}
