using System.Globalization;
using System.Text;
using Eco.Engines.Abstractions;
using Eco.Engines.Online;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class ComponentCatalogueTests
{
    private static readonly string[] Groups = ["source", "transform", "train", "infer", "evaluate", "merge", "sink"];

    public static IEnumerable<ComponentDescriptor> Descriptors => new OnlineEngine().Components;

    [TestCaseSource(nameof(Descriptors))]
    public void Descriptor_WhenReadByTheIonLanguage_IsConsistent(ComponentDescriptor descriptor)
    {
        Assert.That(Groups, Does.Contain(descriptor.Type.Split('.')[0]));
        Assert.That(descriptor.Documentation, Is.Not.Empty);
        Assert.That(descriptor.Inputs.Select(p => p.Name), Is.Unique);
        Assert.That(descriptor.Outputs.Select(p => p.Name), Is.Unique);
        Assert.That(descriptor.Settings.Select(s => s.Name), Is.Unique);
        foreach (SettingDescriptor setting in descriptor.Settings)
        {
            Assert.That(setting.Name, Does.Match("^[a-z0-9]+(-[a-z0-9]+)*$"));
            Assert.That(setting.Required && setting.Default is not null, Is.False, setting.Name);
            if (setting.Kind is SettingKind.Number or SettingKind.Integer)
            {
                Assert.That(double.Parse(setting.Default!, CultureInfo.InvariantCulture), Is.InRange(setting.Minimum!.Value, setting.Maximum!.Value), setting.Name);
            }
        }
    }

    [Test]
    public void Documentation_WhenComponentsChange_ListsThemAll()
    {
        StringBuilder table = new("| Type | In | Out | Settings (default) | |\n|---|---|---|---|---|\n");
        foreach (ComponentDescriptor d in Descriptors)
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{d.Type}` | {Ports(d.Inputs)} | {Ports(d.Outputs)} | {string.Join("; ", d.Settings.Select(Setting))} | {d.Documentation} |\n");
        }

        string root = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Combine(root, "Eco.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("there is no Eco.sln above the test's folder");
        }

        string documentation = File.ReadAllText(Path.Combine(root, "docs", "engines.md"));
        Assert.That(documentation, Does.Contain(table.ToString()), $"docs/engines.md is to hold this table:\n{table}");
    }

    private static string Ports(IEnumerable<PortDescriptor> ports)
        => string.Join(", ", ports.Select(p => p.Name + (p.Many ? "*" : "") + (p.Required ? "" : "?")));

    private static string Setting(SettingDescriptor s)
        => $"`{s.Name}` ({(s.Required ? "required" : string.IsNullOrEmpty(s.Default) ? "none" : s.Default)})";
}
