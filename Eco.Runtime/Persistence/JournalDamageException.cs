namespace Eco.Runtime.Persistence;

/// <summary>What was asked for cannot be read, because the journal is not what was acknowledged.</summary>
public sealed class JournalDamageException(JournalDamage damage) : Exception(damage?.ToString())
{
    /// <summary>What is damaged.</summary>
    public JournalDamage Damage { get; } = damage ?? throw new ArgumentNullException(nameof(damage));
}
