namespace Eco.Tests.Campaigns.Mutants;

/// <summary>A bug that is planted in a copy of the tree, never in the product, to see whether a campaign finds it.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="File">Where, from the root.</param>
/// <param name="Right">The text that stands there once.</param>
/// <param name="Wrong">What is put in its place.</param>
/// <param name="Scenario">The faults that show it soonest.</param>
/// <param name="NeedsTwin">Whether only a second process can tell.</param>
internal sealed record Mutant(string Name, string File, string Right, string Wrong, string Scenario = "mixed", bool NeedsTwin = false)
{
    public override string ToString() => Name;
}
