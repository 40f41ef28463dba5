using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>examples/README.md lists the examples.</summary>
public sealed partial class ExamplesPageTests
{
    [Test]
    public void Examples_WhenThePageListsThem_AreThoseOfTheFolder()
    {
        string folder = Path.Combine(Repository.Root, "examples");
        IEnumerable<string> listed = Row().Matches(File.ReadAllText(Path.Combine(folder, "README.md"))).Select(row => row.Groups[1].Value);

        Assert.That(listed, Is.EquivalentTo(Directory.EnumerateFiles(folder, "*.conf").Select(file => Path.GetFileName(file))));
    }

    [GeneratedRegex(@"^\| \[([\w.-]+)\]\(\1\) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
