using Eco.Engines.Abstractions;

namespace Eco.Engines.Online.Components;

/// <summary>A component type: what the ION language sees of it and how one is made.</summary>
internal sealed record ComponentType(ComponentDescriptor Descriptor, Func<ComponentSetup, OnlineComponent> Create);
