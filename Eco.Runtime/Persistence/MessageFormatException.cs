namespace Eco.Runtime.Persistence;

/// <summary>A message cannot be encoded or decoded; the text says which manifest and what is wrong.</summary>
public sealed class MessageFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    public MessageFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
