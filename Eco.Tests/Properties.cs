using FsCheck;

namespace Eco.Tests;

/// <summary>How properties are checked.</summary>
internal static class Properties
{
    /// <summary>A counterexample fails the test; that there is none needs no word.</summary>
    public static readonly Config Quiet = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);
}
