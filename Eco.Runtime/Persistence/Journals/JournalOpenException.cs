namespace Eco.Runtime.Persistence.Journals;

/// <summary>The journal cannot be used: damaged, of a newer version, locked, unreadable or of another partition count.</summary>
public sealed class JournalOpenException(string file, string cause, string cure, Exception? inner = null)
    : StorageOpenException(file, cause, cure, inner)
{
    /// <summary>Says what is damaged.</summary>
    internal JournalOpenException(string file, JournalDamage damage, Exception? inner = null)
        : this(file, $"is damaged ({damage})", damage.Cure, inner) => Damage = damage;

    /// <summary>What is damaged; null where the journal cannot be used for another reason.</summary>
    public JournalDamage? Damage { get; }
}
